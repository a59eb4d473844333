// Comfort only: every page works without this file.
// The components' address comes from the page, because static files carry a hash in their name.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

const { initAll } = await import(document.getElementById("govuk-frontend").href);
initAll();

// On a phone the filters start folded, so that the list comes first.
if (window.matchMedia("(max-width: 40rem)").matches) {
  document.querySelectorAll("details.app-filter").forEach((filter) => filter.removeAttribute("open"));
}
