// Where citations lead: the article at the words, on the web, on this page, or on the pages that `article-base` names.

function isWeb(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

function withoutHash(address) {
  return address.split("#")[0];
}

// The address that this page is known by: its canonical one, else its own without query and hash.
function pageAddress() {
  const canonical = document.querySelector("link[rel~=canonical]")?.href;
  return canonical && isWeb(canonical) ? withoutHash(canonical) : location.origin + location.pathname;
}

// The absolute form of `article-base`, empty where there is none.
function baseOf(element) {
  const base = element.getAttribute("article-base");
  return base ? new URL(base, document.baseURI).href : "";
}

// What is sent as `article`: what the attribute names, or for "auto" the article that this page is.
function articleOf(element) {
  const named = element.getAttribute("article") ?? "";
  if (named !== "auto") return named;
  const page = pageAddress();
  const base = baseOf(element);
  return base && page.startsWith(base) ? decodeURIComponent(page.slice(base.length)) : page;
}

// The link of a citation as { href, here }; `here` says that it leads to this page. Null where there is no page.
function passageLink(citation, base) {
  const address = isWeb(citation.deep_link) ? citation.deep_link : basedLink(citation, base);
  if (!address) return null;
  const url = new URL(address);
  const here = [pageAddress(), withoutHash(location.href)].includes(withoutHash(url.href));
  return here ? { href: withoutHash(location.href) + url.hash, here } : { href: url.href, here };
}

function basedLink(citation, base) {
  if (!base || !isWeb(base)) return "";
  return `${base}${encodeURIComponent(citation.article)}#${textFragment(citation.quote)}`;
}

const ENDS = 8; // words that name the beginning and the end of a passage

// A fragment that finds the passage by its first and last words, which stand in its first and last paragraph.
function textFragment(quote) {
  const blocks = quote.trim().split(/\n\s*\n/).map((block) => block.trim().split(/\s+/));
  const isShort = blocks.length === 1 && blocks[0].length <= 2 * ENDS;
  const parts = isShort ? blocks : [blocks[0].slice(0, ENDS), blocks.at(-1).slice(-ENDS)];
  return `:~:text=${parts.map(encodedWords).join(",")}`;
}

function encodedWords(words) {
  return encodeURIComponent(words.join(" ")).replaceAll("-", "%2D");
}

// For browsers that do not know text fragments: scroll to the element of the page that holds the words.
function scrollToWords(quote) {
  const wanted = flat(quote).slice(0, 60);
  const blocks = document.querySelectorAll("p, li, blockquote, h1, h2, h3, h4");
  const found = [...blocks].find((block) => flat(block.textContent).includes(wanted));
  found?.scrollIntoView({ block: "center" });
}

function flat(text) {
  return text.replace(/\s+/g, " ").trim();
}
