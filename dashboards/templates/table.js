// Sort a table by any column, by mouse or keyboard. Without this script the table stands as it
// is. Numbers begin with the largest, words with A; what is not shown stays at the end.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...body.rows];
  const told = document.createElement("p");
  told.className = "unseen";
  told.setAttribute("role", "status");
  table.before(told);

  const value = (row, column) => {
    const cell = row.cells[column];
    return "value" in cell.dataset ? cell.dataset.value : cell.textContent;
  };

  function compare(one, other, isNumber) {
    if (one === other) return 0;
    if (one === "" || other === "") return one === "" ? 2 : -2; // last, either way round
    return isNumber ? Math.sign(one - other) : one.localeCompare(other, "en") < 0 ? -1 : 1;
  }

  function sort(column) {
    const head = heads[column];
    const isNumber = rows.every((row) => value(row, column) === "" || !isNaN(value(row, column)));
    const was = head.getAttribute("aria-sort");
    const isUp = was ? was === "descending" : !isNumber;
    const sorted = rows
      .map((row, place) => ({ row, place, value: value(row, column) }))
      .sort((a, b) => {
        const order = compare(a.value, b.value, isNumber);
        return Math.abs(order) === 2 ? order : (isUp ? order : -order) || a.place - b.place;
      });
    body.append(...sorted.map((item) => item.row));
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
    told.textContent = "Sorted by " + head.textContent + ", " + (isUp ? "smallest or A first." : "largest or Z first.");
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(column));
    head.replaceChildren(button);
  });
  table.classList.add("sorts");
}
