// Shows running.html and keeps it up to date. The access token stays in this page's memory; the refresh token is in a
// cookie that is sent to membership alone. One tab at a time may use it: a used one that comes back ends the session.
const REFRESH = "../../../../membership/v1/auth/sessions/refresh";
const LATER = 15;
const notices = [...document.querySelectorAll("[data-status]")];
let token = "";
let seconds = LATER;

async function signIn() {
  const ask = () => fetch(REFRESH, { method: "POST" });
  const answer = await (navigator.locks ? navigator.locks.request("beraad_refresh", ask) : ask());
  token = answer.ok ? (await answer.json()).access_token : "";
  return answer;
}

const ask = () => fetch("running.html", { headers: { Authorization: `Bearer ${token}` } });

async function answered() {
  const answer = token ? await ask() : null;
  if (answer && answer.status !== 401) return answer;
  const signedIn = await signIn();
  return token ? ask() : signedIn;
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  document.documentElement.lang = page.documentElement.lang;
  document.head.replaceChildren(...page.head.childNodes);
  document.body.replaceChildren(...page.body.childNodes);
  return Number(page.body.dataset.askAgain) || LATER;
}

function tell(status) {
  const notice = notices.find((one) => Number(one.dataset.status) === status);
  if (!notice) return; // what is shown says as of when it is
  notice.hidden = false;
  document.querySelector("main").replaceChildren(notice);
}

async function look() {
  try {
    if (!document.hidden) {
      const answer = await answered();
      if (answer.ok) seconds = show(await answer.text());
      else tell(answer.status);
    }
  } catch {
    // no network: asked again later
  }
  setTimeout(look, seconds * 1000);
}

look();
