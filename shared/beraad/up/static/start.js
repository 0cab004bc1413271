// Keeps the table of processes up to date; the page is complete without it.
async function look() {
  try {
    const { processes } = await (await fetch("/status")).json();
    for (const row of document.querySelectorAll("[data-process]")) {
      const process = processes[row.dataset.process];
      if (!process) continue;
      row.className = process.trouble ? "trouble" : "well";
      [row.cells[1].textContent, row.cells[2].textContent, row.cells[3].textContent] =
        [process.trouble || process.state, process.restarts, process.pid ?? ""];
    }
  } catch {
    for (const row of document.querySelectorAll("[data-process]")) row.className = "trouble";
  }
  setTimeout(look, 3000);
}
setTimeout(look, 3000);
