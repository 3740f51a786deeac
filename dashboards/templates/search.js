// Find a county by name or ZIP code. Works from a web host and from a plain folder: the index
// comes as scripts (search/*.js), loaded only when something is typed. Nothing is sent anywhere.
"use strict";
const grapevine = (() => {
  const MOST = 12;
  const box = document.getElementById("search");
  const input = document.getElementById("place");
  const note = document.getElementById("found");
  const list = document.getElementById("places");
  const asked = new Set();
  const zips = {};
  let counties = [];

  const plain = (text) =>
    text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();

  function load(name) {
    if (asked.has(name)) return;
    asked.add(name);
    const script = document.createElement("script");
    script.src = "search/" + name + ".js";
    script.onload = show;
    script.onerror = show;
    document.head.append(script);
  }

  function item(href, text) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.href = href;
    link.textContent = text;
    row.append(link);
    return row;
  }

  const countyItem = ([name, state, fips]) => item("county/" + fips + ".html", name + ", " + state);

  function byZip(code) {
    load(code.slice(0, 3));
    if (code.length < 5) return say("Type all five digits.", []);
    const place = zips[code];
    if (!place) return say("No county found for ZIP code " + code + ".", []);
    if (place.length === 2) return say("Choose your county on the state's page.", [item("state/" + place + ".html", place)]);
    const found = counties.filter((county) => county[2] === place);
    say("A ZIP code may reach into other counties; this is the main one.", found.map(countyItem));
  }

  function byName(wanted) {
    const starts = [], holds = [];
    for (const county of counties) {
      const name = plain(county[0] + " " + county[1]);
      if (name.startsWith(wanted)) starts.push(county);
      else if ((" " + name).includes(" " + wanted)) holds.push(county);
    }
    const found = starts.concat(holds);
    const more = found.length > MOST ? " The first " + MOST + " are shown; type more letters." : "";
    say(found.length + (found.length === 1 ? " county." : " counties.") + more, found.slice(0, MOST).map(countyItem));
  }

  function say(text, rows) {
    note.textContent = text;
    list.replaceChildren(...rows);
  }

  function show() {
    const typed = input.value.trim();
    if (!typed) return say("", []);
    load("counties");
    if (/^\d/.test(typed)) {
      const digits = typed.replace(/\D/g, "").slice(0, 5);
      return digits.length < 3 ? say("Type all five digits.", []) : byZip(digits);
    }
    const wanted = plain(typed);
    return wanted.length < 2 ? say("Type two letters or more.", []) : byName(wanted);
  }

  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const first = list.querySelector("a");
    if (event.key === "Enter" && first && list.children.length === 1) first.click();
  });
  box.hidden = false;
  if (input.value) show();
  return {
    counties: (rows) => { counties = rows; },
    zips: (rows) => { Object.assign(zips, rows); },
  };
})();
