// Find a county by name, town or ZIP code. Works from a web host and from a plain folder: the index
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
  const towns = {};
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

  function townItem([town, county]) {
    return item("county/" + county[2] + ".html", town + ", " + county[1] + " (" + county[0] + ")");
  }

  function townsBy(wanted) {
    const letters = wanted.replace(/[^a-z]/g, "").slice(0, 3);
    if (letters.length < 3) return [];
    load("town-" + letters);
    const byCode = new Map(counties.map((county) => [county[2], county]));
    return (towns[letters] || [])
      .filter(([town, fips]) => byCode.has(fips) && plain(town + " " + byCode.get(fips)[1]).startsWith(wanted))
      .map(([town, fips]) => [town, byCode.get(fips)]);
  }

  function byName(wanted) {
    const starts = [], holds = [];
    for (const county of counties) {
      const name = plain(county[0] + " " + county[1]);
      if (name.startsWith(wanted)) starts.push(county);
      else if ((" " + name).includes(" " + wanted)) holds.push(county);
    }
    const found = starts.concat(holds), inTowns = townsBy(wanted);
    const rows = found.map(countyItem).concat(inTowns.map(townItem));
    const more = rows.length > MOST ? " The first " + MOST + " are shown; type more letters." : "";
    say(count(found.length, "county", "counties") + " and " + count(inTowns.length, "town", "towns") + "." + more, rows.slice(0, MOST));
  }

  const count = (n, one, many) => n + " " + (n === 1 ? one : many);

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
    towns: (letters, rows) => { towns[letters] = rows; },
  };
})();
