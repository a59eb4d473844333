"""Papers made for people to keep. Each is a Typst template beside the code that fills it."""
