// Comfort only: the register works without this file. It saves marks as they are made, keeps them on the phone while there is no
// signal, and says which of the two it is. On the phone stand a place's key and codes, never a name or words; once the register
// is sent, nothing.
const PARTS = ["outcome", "identity", "late", "early"];
const LATER = 800;
const AGAIN = 10000;
// A weak signal lets a request hang for minutes: it is given up and made again.
const PATIENCE = 8000;

const form = document.querySelector("form[data-register]");
const sent = document.querySelector("[data-register-sent]");
const nameOf = (id) => `register:${id}`;
const keptOn = (id) => JSON.parse(localStorage.getItem(nameOf(id)) || "{}");

if (sent) {
  const id = sent.dataset.registerSent;
  const mine = sessionStorage.getItem(nameOf(id));
  sent.hidden = Boolean(mine) || !Object.keys(keptOn(id)).length;
  localStorage.removeItem(nameOf(id));
  sessionStorage.removeItem(nameOf(id));
}

if (form) {
  const id = form.dataset.register;
  const status = form.querySelector("[data-kept]");
  const kept = keptOn(id);
  let timer = 0;
  let busy = false;
  let waiting = null;

  const say = (state) => {
    status.hidden = false;
    status.textContent = status.dataset[state];
  };
  const store = () => localStorage.setItem(nameOf(id), JSON.stringify(kept));
  const lineOf = (key) => form.querySelector(`[data-line="${CSS.escape(key)}"]`);
  const baseOf = (key) => form.elements[`base-${key}`];
  const read = (key) => Object.fromEntries(PARTS.map((part) => [part, form.elements[`${part}-${key}`].value]));
  const write = (key, values) => PARTS.forEach((part) => {
    const field = form.elements[`${part}-${key}`];
    const value = values[part] ?? "";
    if (part === "outcome") [...field].forEach((radio) => { radio.checked = radio.value === value; });
    else field.value = value;
  });

  const take = (posted, answer) => {
    for (const [key, was] of Object.entries(posted)) {
      if (answer.unread.includes(key)) continue;
      const clash = answer.clashes[key];
      lineOf(key).querySelector("[data-note]").textContent = clash ? clash.words : "";
      if (clash) baseOf(key).value = clash.base;
      if (JSON.stringify(kept[key]) === JSON.stringify(was)) delete kept[key];
      else kept[key].base = clash ? clash.base : answer.lines[key].base;
    }
    for (const [key, line] of Object.entries(answer.lines)) {
      if (kept[key] || !lineOf(key) || baseOf(key).value === line.base) continue;
      write(key, line);
      form.elements[`because-${key}`].value = line.because;
      baseOf(key).value = line.base;
    }
    store();
    say(Object.keys(kept).length ? "phone" : "saved");
  };

  const save = async () => {
    clearTimeout(timer);
    const posted = structuredClone(kept);
    if (busy || !Object.keys(posted).length) return;
    busy = true;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    for (const [key, line] of Object.entries(posted)) {
      body.append("shown", key);
      Object.entries(line).forEach(([part, value]) => body.set(`${part}-${key}`, value));
      body.set(`because-${key}`, form.elements[`because-${key}`].value);
    }
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const response = await fetch(form.dataset.keepUrl, { method: "POST", body, redirect: "manual", signal });
      if (response.status === 409) window.location.assign((await response.json()).sent);
      else if (response.ok) take(posted, await response.json());
      else say("signIn");
    } catch {
      say("phone");
    }
    busy = false;
    if (Object.keys(kept).length) timer = setTimeout(save, AGAIN);
  };

  sessionStorage.removeItem(nameOf(id));
  for (const [key, line] of Object.entries(kept)) {
    if (!lineOf(key)) { delete kept[key]; continue; }
    write(key, line);
    baseOf(key).value = line.base;
  }
  if (Object.keys(kept).length) { say("phone"); save(); }

  form.addEventListener("input", (event) => {
    const key = event.target.closest("[data-line]")?.dataset.line;
    if (!key) return;
    kept[key] = { base: kept[key]?.base ?? baseOf(key).value, ...read(key) };
    store();
    say("phone");
    clearTimeout(timer);
    timer = setTimeout(save, LATER);
  });
  form.addEventListener("submit", (event) => {
    if (navigator.onLine) { sessionStorage.setItem(nameOf(id), "sending"); return; }
    event.preventDefault();
    waiting = event.submitter;
    say("waiting");
  });
  window.addEventListener("online", () => {
    const button = waiting;
    waiting = null;
    if (button) form.requestSubmit(button);
    else save();
  });
}
