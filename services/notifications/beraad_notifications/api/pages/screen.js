// Shows a page of notifications. The access token stays in this page's memory; the refresh token is in a cookie that is
// sent to membership alone. One tab at a time may use it: a used one that comes back ends the session.
const REFRESH = "../../../membership/v1/auth/sessions/refresh";
const PAGE = document.currentScript.dataset.page;
const notices = [...document.querySelectorAll("[data-status]")];
let token = "";

async function signIn() {
  const ask = () => fetch(REFRESH, { method: "POST" });
  const answer = await (navigator.locks ? navigator.locks.request("beraad_refresh", ask) : ask());
  token = answer.ok ? (await answer.json()).access_token : "";
}

async function ask(path, options = {}) {
  const once = () => fetch(path, { ...options, headers: { Authorization: `Bearer ${token}` } });
  const answer = token ? await once() : null;
  if (answer && answer.status !== 401) return answer;
  await signIn();
  return token ? once() : new Response(null, { status: 401 });
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  document.head.replaceChildren(...page.head.childNodes);
  document.body.replaceChildren(...page.body.childNodes);
  for (const form of document.querySelectorAll("form[method=post]")) form.addEventListener("submit", send);
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const said = form.querySelector("output");
  said.textContent = "…";
  const answer = await ask(form.getAttribute("action"), { method: "POST" });
  said.textContent = answer.ok ? form.dataset.done : form.dataset.failed;
}

function tell(status) {
  const notice = notices.find((one) => Number(one.dataset.status) === status) ?? notices.at(-1);
  notice.hidden = false;
  document.querySelector("main").replaceChildren(notice);
}

async function look() {
  try {
    const answer = await ask(`../${PAGE}.html${location.search}`);
    if (answer.ok) show(await answer.text());
    else tell(answer.status);
  } catch {
    tell(0);
  }
}

look();
