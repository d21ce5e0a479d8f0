// Make the tables of the notebooks that hold a mark sortable and searchable. Only the page changes.
const { default: DataTable } = await import("data:text/javascript;base64,BUNDLE");
const scales = { thousand: 1e3, million: 1e6, billion: 1e9, trillion: 1e12 };

// "−$1.2 billion" is -1.2e9; what has no number comes first.
function size(text) {
  const [, sign, figure, scale] = text.match(/([−-]?)\D*?([\d,.]*\d)\s*(\w*)/) ?? [];
  const value = parseFloat(figure?.replaceAll(",", "")) * (scales[scale] ?? 1);
  return isNaN(value) ? -Infinity : sign ? -value : value;
}

DataTable.ext.errMode = "none";
DataTable.ext.type.order["figure-pre"] = (html) => size(html.replace(/<[^>]*>/g, ""));

function look(notebook) {
  // Headers of ours have a scope.
  for (const table of notebook.querySelectorAll("table:not(.dataTable):has(th[scope])")) {
    if (table.tBodies[0].rows.length > 2)
      new DataTable(table, {
        columnDefs: [{ targets: "n", type: "figure" }],
        layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null, top: "search" },
        order: [],
        paging: false,
      });
  }
}

for (const mark of document.querySelectorAll(".ties-sortable")) {
  const notebook = mark.closest(".jp-Notebook");
  mark.classList.remove("ties-sortable");
  if (!notebook || notebook.dataset.sortable) continue;
  notebook.dataset.sortable = true;
  new MutationObserver(() => look(notebook)).observe(notebook, { childList: true, subtree: true });
  look(notebook);
}
