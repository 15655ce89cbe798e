"use strict";
(() => {
  const scenarios = [...document.querySelectorAll(".scenario")];
  const form = document.querySelector(".search");
  const [text, tags, shown, wrong] = ["text", "tags", "shown", "wrong"].map((id) => document.getElementById(id));
  const chosen = new Set();
  let opened = [];

  // Tag expressions: @a and not (@b or @c), with \ before a character that is meant as it is.
  function parse(source) {
    const tokens = source.match(/(?:\\.|[^\s()\\])+|[()]/g) || [];
    let at = 0;
    const fail = () => { throw new Error(at < tokens.length ? `“${tokens[at]}” is not expected here.` : "Something is missing at the end."); };
    const any = () => { let left = all(); while (tokens[at] === "or") { at++; const a = left, b = all(); left = (t) => a(t) || b(t); } return left; };
    const all = () => { let left = one(); while (tokens[at] === "and") { at++; const a = left, b = one(); left = (t) => a(t) && b(t); } return left; };
    const one = () => {
      const token = tokens[at];
      if (token === undefined || token === "and" || token === "or" || token === ")") fail();
      at++;
      if (token === "not") { const a = one(); return (t) => !a(t); }
      if (token === "(") { const a = any(); if (tokens[at] !== ")") fail(); at++; return a; }
      const tag = token.replace(/\\(.)/g, "$1");
      return (t) => t.includes(tag);
    };
    if (!tokens.length) return () => true;
    const whole = any();
    if (at < tokens.length) fail();
    return whole;
  }

  const words = new Map();
  function textOf(scenario) {
    if (!words.has(scenario)) {
      const parts = scenario.querySelectorAll(":scope > summary, .q, .step > .wide td, .doc, .place > span, .sentence");
      const around = [scenario.closest(".outline"), scenario.closest(".rule"), scenario.closest(".feature")];
      const names = around.map((node) => node && node.querySelector("h3, h4, h5").textContent);
      words.set(scenario, [...names, ...[...parts].map((part) => part.textContent)].join("\n").toLowerCase());
    }
    return words.get(scenario);
  }

  function filter() {
    const asked = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let fits = () => true;
    wrong.textContent = "";
    try { fits = parse(tags.value); } catch (error) { wrong.textContent = `These tags cannot be read: ${error.message}`; }
    tags.setAttribute("aria-invalid", String(Boolean(wrong.textContent)));
    const active = asked.length > 0 || tags.value.trim() !== "" || chosen.size > 0;
    let count = 0;
    for (const scenario of scenarios) {
      const matches = (!chosen.size || chosen.has(scenario.dataset.status))
        && fits(scenario.dataset.tags.split(" ")) && asked.every((word) => textOf(scenario).includes(word));
      scenario.hidden = !matches;
      count += matches;
    }
    for (const group of document.querySelectorAll(".outline, .rule, .feature"))
      group.hidden = active && !group.querySelector(".scenario:not([hidden])");
    for (const folder of document.querySelectorAll(".folder")) {
      let next = folder.nextElementSibling;
      while (next && next.matches(".feature") && next.hidden) next = next.nextElementSibling;
      folder.hidden = active && !(next && next.matches(".feature"));
    }
    for (const feature of opened) feature.open = false;
    opened = active && count <= 200 ? [...document.querySelectorAll(".feature:not([open]):not([hidden])")] : [];
    for (const feature of opened) feature.open = true;
    const total = scenarios.length.toLocaleString("en");
    shown.textContent = active ? `${count.toLocaleString("en")} of ${total} scenarios` : "";
  }

  // The address bar: "#?q=…&tags=…&status=…" is a search, any other fragment is a place.
  function remember() {
    const state = new URLSearchParams();
    if (text.value) state.set("q", text.value);
    if (tags.value) state.set("tags", tags.value);
    if (chosen.size) state.set("status", [...chosen].sort().join(","));
    history.replaceState(null, "", String(state) ? `#?${state}` : "#");
  }
  function recall() {
    if (!location.hash.startsWith("#?")) return go();
    const state = new URLSearchParams(location.hash.slice(2));
    text.value = state.get("q") || "";
    tags.value = state.get("tags") || "";
    choose((state.get("status") || "").split(",").filter(Boolean));
    filter();
  }
  function choose(statuses) {
    chosen.clear();
    for (const status of statuses) chosen.add(status);
    for (const tile of document.querySelectorAll("button[data-filter]"))
      tile.setAttribute("aria-pressed", String(chosen.has(tile.dataset.filter)));
  }
  function go() {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* it is taken as it is */ }
    const place = id && document.getElementById(id);
    if (!place) return;
    if (place.closest("[hidden]")) { text.value = tags.value = ""; choose([]); filter(); }
    opened = opened.filter((feature) => !feature.contains(place));
    for (let node = place; node; node = node.parentElement) if (node.matches("details")) node.open = true;
    place.scrollIntoView();
    const summary = place.querySelector(":scope > summary");
    if (summary) summary.focus({ preventScroll: true });
  }
  function changed() { filter(); remember(); }

  // Packed evidence.
  function unpack(feature) {
    if (!feature.pieces) {
      const source = feature.querySelector(":scope > template.packed").content.textContent;
      const bytes = Uint8Array.from(atob(source), (letter) => letter.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      feature.pieces = new Response(stream).text().then((all) => all.split("\0"));
    }
    return feature.pieces;
  }
  async function show(evidence) {
    const number = evidence.dataset.packed;
    if (number === undefined) return;
    delete evidence.dataset.packed;
    const pieces = await unpack(evidence.closest(".feature"));
    const proof = document.createElement("div");
    proof.className = "proof";
    proof.append(...new DOMParser().parseFromString(pieces[number], "text/html").body.childNodes);
    evidence.lastElementChild.replaceWith(proof);
  }
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches(".evidence[data-packed]")) show(event.target);
  }, true);

  // Open and close all; on paper all is open.
  const all = document.getElementById("all");
  all.addEventListener("click", async () => {
    const open = all.getAttribute("aria-pressed") !== "true";
    all.setAttribute("aria-pressed", String(open));
    all.textContent = open ? "Close all" : "Open all";
    opened = [];
    if (open) await Promise.all([...document.querySelectorAll(".evidence[data-packed]")].map(show));
    for (const one of document.querySelectorAll("#features details")) one.open = open;
  });
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });

  for (const tile of document.querySelectorAll("[data-filter]:not(.none)")) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.filter = tile.dataset.filter;
    button.setAttribute("aria-pressed", "false");
    button.append(...tile.childNodes);
    button.addEventListener("click", () => {
      const status = button.dataset.filter;
      choose(chosen.has(status) ? [...chosen].filter((one) => one !== status) : [...chosen, status]);
      changed();
      if (chosen.size) form.scrollIntoView({ block: "start" });
    });
    tile.removeAttribute("data-filter");
    tile.append(button);
  }
  text.addEventListener("input", changed);
  tags.addEventListener("input", changed);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", recall);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.matches("input")) { event.preventDefault(); text.focus(); }
    if (event.key === "Escape" && event.target.matches(".search input")) { event.target.value = ""; changed(); }
  });
  form.hidden = false;
  recall();
})();
