// The links of citations: to the quoted words in the article on the web, on this page, or below `article-base`.

function isWebUrl(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

function withoutHash(address) {
  return address.split("#")[0];
}

// The URL that identifies this page: its canonical URL, else its own without query and hash.
function pageAddress() {
  const canonical = document.querySelector("link[rel~=canonical]")?.href;
  return canonical && isWebUrl(canonical) ? withoutHash(canonical) : location.origin + location.pathname;
}

// The absolute URL of the attribute `article-base`, empty without one.
function articleBase(element) {
  const base = element.getAttribute("article-base");
  return base ? new URL(base, document.baseURI).href : "";
}

// The article to send with a question: the value of the attribute `article`, or for "auto" the article of this page.
function requestedArticle(element) {
  const article = element.getAttribute("article") ?? "";
  if (article !== "auto") return article;
  const page = pageAddress();
  const base = articleBase(element);
  return base && page.startsWith(base) ? decodeURIComponent(page.slice(base.length)) : page;
}

// The link of a citation as { href, here }, where `here` means this page. Null if the article has no page.
function passageLink(citation, base) {
  const address = isWebUrl(citation.deep_link) ? citation.deep_link : linkFromBase(citation, base);
  if (!address) return null;
  const url = new URL(address);
  const here = [pageAddress(), withoutHash(location.href)].includes(withoutHash(url.href));
  return here ? { href: withoutHash(location.href) + url.hash, here } : { href: url.href, here };
}

function linkFromBase(citation, base) {
  if (!base || !isWebUrl(base)) return "";
  return `${base}${encodeURIComponent(citation.article)}#${textFragment(citation.quote)}`;
}

const EDGE_WORDS = 8; // words at each end of a passage that a text fragment quotes

// A text fragment that finds the passage by the first words of its first and the last words of its last paragraph.
function textFragment(quote) {
  const blocks = quote.trim().split(/\n\s*\n/).map((block) => block.trim().split(/\s+/));
  const isShort = blocks.length === 1 && blocks[0].length <= 2 * EDGE_WORDS;
  const parts = isShort ? blocks : [blocks[0].slice(0, EDGE_WORDS), blocks.at(-1).slice(-EDGE_WORDS)];
  return `:~:text=${parts.map(encodeWords).join(",")}`;
}

function encodeWords(words) {
  return encodeURIComponent(words.join(" ")).replaceAll("-", "%2D");
}

// For browsers without text fragments: scrolls to the element of this page that contains the words.
function scrollToWords(quote) {
  const start = collapseSpaces(quote).slice(0, 60);
  const blocks = document.querySelectorAll("p, li, blockquote, h1, h2, h3, h4");
  const found = [...blocks].find((block) => collapseSpaces(block.textContent).includes(start));
  found?.scrollIntoView({ block: "center" });
}

function collapseSpaces(text) {
  return text.replace(/\s+/g, " ").trim();
}
