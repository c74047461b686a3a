/* Answers the theme's search from an index in parts. It runs in the place of the theme's own worker and speaks as that
   does: it is asked to begin (0) and says when it has (1); it is asked for words (2) and gives pages (3). */

const PARTS = new URL("../../../search/parts/", location.href);
const MOST = 15; // pages that are listed, the best: each of them is a file to load
const BEGINNING = 30; // words of a page that are shown where none of its own were asked for: as many as of an excerpt
const PAUSE = 150; // milliseconds without another letter, after which somebody has typed a word

// A word that is in a title, or is another name of an entry, is what the page is about. Addresses are no words.
const RANKING = {metaWeights: {title: 10, names: 20, location: 0}};

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

// An excerpt has its words marked, with the commas after them, and no other tags.
const shown = (excerpt) => excerpt.replace(/&(?!lt;|gt;)/g, "&amp;").replace(/([.,:!?)]+)<\/mark>/g, "</mark>$1");

let pages; // the index, once it is there
let completes = false; // whether the theme shows how a word may end
let turns = 0;

async function begin() {
  const library = await import(new URL("pagefind.js", PARTS).href);
  const opened = library.createInstance({});
  await opened.options({ranking: RANKING}); // waits until the index can be asked
  pages = opened;
}

// A page, and its sections in which the words stand, the best first, as the theme shows them: the text of what comes
// first, and the rest when asked for. It opens what scores best of all, so that scores fall from page to page.
function found(page, words, rank) {
  const {location, title} = page.meta;
  const terms = Object.fromEntries(words.map((word) => [word, true]));
  const weights = page.sub_results.map(({weighted_locations: at}) => at.reduce((sum, word) => sum + word.balanced_score, 1));
  const scored = page.sub_results.map((section, number) => ({
    anchor: section.anchor?.id,
    title: escaped(section.title),
    text: shown(section.excerpt),
    score: rank + weights[number] / (1 + Math.max(...weights)),
  }));
  const sections = scored.filter((section) => section.anchor).sort((one, other) => other.score - one.score);
  const own = scored.find((section) => !section.anchor);
  const titled = words.some((word) => title.toLowerCase().includes(word));
  const first = own || titled || !sections.length;
  const head = {
    title: escaped(title),
    text: own?.text ?? escaped(page.content.split(" ").slice(0, BEGINNING).join(" ")),
    score: first ? rank + 1 : rank,
  };
  return (first ? [head, ...sections] : [...sections, head]).map(({anchor, ...rest}) => ({
    ...rest,
    location: anchor ? `${location}#${anchor}` : location,
    terms,
  }));
}

// Whether somebody typed the whole title of a page, or another whole name of its entry.
function named({meta: {title, names = ""}}, text) {
  return [title, ...names.split(", ")].some((name) => name.toLowerCase() === text.trim().toLowerCase());
}

async function search(text) {
  const words = text.toLowerCase().split(/[\s"]+/).filter(Boolean);
  if (!words.length) return {items: []};
  const {results} = await pages.search(text);
  const best = await Promise.all(results.slice(0, MOST).map((result) => result.data()));
  best.sort((one, other) => named(other, text) - named(one, text));
  const answer = {items: best.map((page, place) => found(page, words, 2 * (MOST - place))), total: results.length};
  if (!completes) return answer;
  const titles = best.flatMap((page) => page.meta.title.toLowerCase().split(/[\s-]+/));
  return {...answer, suggest: titles.filter((word) => word.startsWith(words.at(-1))).slice(0, 1).map(escaped)};
}

addEventListener("message", async ({data: {type, data}}) => {
  if (type === 0) {
    completes = data.options.suggest;
    await begin();
    postMessage({type: 1});
    return;
  }
  const turn = ++turns;
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  if (turn !== turns) return;
  const answer = await search(data);
  if (turn === turns) postMessage({type: 3, data: answer});
});
