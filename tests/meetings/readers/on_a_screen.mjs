// Runs the script of the screen (the argument) in as little of a browser as it needs. Stdin: what is answered, in order.
// Stdout: what it asked, what it showed, how long it waited, which locks it took.
import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const answers = JSON.parse(readFileSync(0, "utf8"));
const seen = { asked: [], shown: [], waited: [], locked: [] };
let tokens = 0;

function notice(status) {
  return { dataset: { status: String(status) }, hidden: true, shows: `notice ${status}` };
}

const document = {
  hidden: false,
  documentElement: {},
  head: { replaceChildren() {} },
  body: { replaceChildren: (text) => seen.shown.push(text) },
  querySelectorAll: () => [401, 404, 409].map(notice),
  querySelector: () => ({ replaceChildren: (one) => !one.hidden && seen.shown.push(one.shows) }),
};

class DOMParser {
  parseFromString(text) {
    return { documentElement: { lang: "nl" }, head: { childNodes: [] }, body: { childNodes: [text], dataset: { askAgain: "5" } } };
  }
}

async function fetch(address, { method = "GET", headers = {} }) {
  const [expected, status] = answers.shift();
  if (expected !== address) throw new Error(`${address} was asked instead of ${expected}`);
  seen.asked.push([method, address, headers.Authorization].filter(Boolean).join(" "));
  return {
    status,
    ok: status === 200,
    text: async () => address,
    json: async () => ({ access_token: `token-${(tokens += 1)}` }),
  };
}

function setTimeout(again, milliseconds) {
  seen.waited.push(milliseconds);
  if (answers.length) again();
  else process.stdout.write(JSON.stringify(seen));
}

const locks = { request: async (name, act) => (seen.locked.push(name), act()) };
runInNewContext(readFileSync(process.argv[2], "utf8"), { document, DOMParser, fetch, setTimeout, navigator: { locks } });
