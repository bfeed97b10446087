// Says the page's language to the browser, and gives the few words that the frame brings along in English only.
const PLACES = "[role=option], [role=listbox], [data-testid=stFileUploaderDropzone], [data-testid=stHeader], [role=dialog]";
const ENGLISH = [
  [/^Add: /, "look-up"],
  [/^Upload$/, "upload"],
  [/^(\d+)MB per file/, "per-file"],
  [/^No results$/, "no-results"],
  [/^(\d+) more$/, "more-pages"],
  [/^Page not found$/, "no-page"],
  [/^The page that you have requested does not seem to exist\. Running the app's main page\.$/, "no-page-told"],
];
// The same for names that only a screen reader says.
const NAMES = [
  [/^streamlit_folium\.st_folium$/, "said-map"],
  [/^Navigate to home page$/, "said-home"],
  [/^Expand sidebar$/, "own"],
  [/^App pages$/, "said-pages"],
  [/^Help for (.*)$/, "said-help"],
  [/^Remove (.*)$/, "said-remove"],
  [/^Clear (?:all|value)$/, "said-clear"],
  [/^Open$/, "said-open"],
  [/^Choose date$/, "said-date"],
  [/^Selected values$/, "said-chosen"],
  [/^Close$/, "said-close"],
];
// What a text said in English and what it was given instead, so that another language can be given later.
const given = new WeakMap();

function name_things(words) {
  for (const thing of document.querySelectorAll("[aria-label], iframe[title]")) {
    const now = thing.getAttribute("aria-label") ?? thing.title;
    const kept = given.get(thing);
    const english = kept && kept.said === now ? kept.english : now;
    const rule = NAMES.find(([pattern]) => pattern.test(english));
    if (!rule) continue;
    const said = english.replace(rule[0], (_, rest) => words[rule[1]].replace("{n}", () => rest));
    given.set(thing, { english, said });
    if (now !== said) thing.setAttribute("aria-label", said);
  }
}

function put() {
  const words = window.symapWords;
  name_things(words);
  for (const place of document.querySelectorAll(PLACES)) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const kept = given.get(node);
      const english = kept && kept.said === node.data ? kept.english : node.data;
      const rule = ENGLISH.find(([pattern]) => pattern.test(english));
      if (!rule) continue;
      const said = english.replace(rule[0], (_, number) => words[rule[1]].replace("{n}", number));
      given.set(node, { english, said });
      if (node.data !== said) node.data = said;
    }
  }
}

export default function (component) {
  document.documentElement.lang = component.data.language;
  window.symapWords = component.data.words;
  for (const name of ["menu", "own"]) {
    document.documentElement.style.setProperty(`--symap-${name}`, JSON.stringify(window.symapWords[name]));
  }
  put();
  if (window.symapWording) return;
  let waits = false;
  window.symapWording = new MutationObserver(() => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => { waits = false; put(); });
  });
  window.symapWording.observe(document.body, { subtree: true, childList: true, characterData: true });
}
