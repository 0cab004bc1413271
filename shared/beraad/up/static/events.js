// Polls /events/recent with its ETag and shows what is new on top.
let tag = "";
async function look() {
  let seconds = 5;
  const state = document.getElementById("state");
  try {
    const answer = await fetch("/events/recent", { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 200) {
      tag = answer.headers.get("ETag");
      const { events, poll_seconds } = await answer.json();
      document.getElementById("events").replaceChildren(...events.map(row));
      seconds = poll_seconds;
    } else if (answer.status === 304) seconds = 2;
    state.textContent = answer.ok || answer.status === 304 ? "Live." : "It does not answer well; trying again.";
  } catch {
    state.textContent = "It does not answer; trying again.";
  }
  setTimeout(look, seconds * 1000);
}
function row(event) {
  const line = document.createElement("tr");
  for (const text of [event.time.slice(0, 19).replace("T", " "), event.type, event.subject, words(event.data)])
    line.appendChild(document.createElement("td")).textContent = text;
  return line;
}
function words(data) {
  return Object.entries(data).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(" · ");
}
look();
