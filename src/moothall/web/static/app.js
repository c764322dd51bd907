// Spares reloads; every page works without it.

const act = document.getElementById("act");

// Buttons of the page's one form: send in the background, show what came of it.
async function perform(button) {
  const fields = new URLSearchParams(new FormData(act));
  fields.set(button.name, button.value);
  button.disabled = true;
  try {
    const answer = await fetch(act.action, {
      method: "POST", body: fields, headers: { Accept: "application/json" },
    });
    const result = await answer.json();
    if (result.vote) showVote(result.vote);
    else if (result.button) showButton(button, result.button);
    else if (result.error) say(result.error);
    else location.reload();
  } catch {
    say("That did not reach the server. Try again in a moment.");
  } finally {
    button.disabled = false;
    if (document.activeElement === document.body) button.focus();
  }
}

function showVote({ what, mine, score, title }) {
  for (const box of document.querySelectorAll(`[data-vote="${what}"]`)) {
    box.dataset.mine = mine;
    box.querySelector("output").textContent = score;
    box.querySelector("output").title = title;
    for (const [name, value] of [["up", 1], ["down", -1]]) {
      const button = box.querySelector(`.${name}`);
      if (!button) continue;
      button.setAttribute("aria-pressed", String(mine === value));
      button.value = `vote:${what}:${mine === value ? 0 : value}`;
    }
  }
}

function showButton(button, { value, label, pressed }) {
  button.value = value;
  button.lastChild.textContent = label;
  button.setAttribute("aria-pressed", String(pressed));
}

// A line at the foot of the page for what a reload would have said.
let line;
function say(text) {
  line ??= document.body.appendChild(Object.assign(document.createElement("p"), {
    className: "toast", role: "alert",
  }));
  line.textContent = text;
  line.hidden = false;
  clearTimeout(line.timer);
  line.timer = setTimeout(() => { line.hidden = true; }, 8000);
}

// Links marked `data-here` lead to a page with one form: bring the form to the reader instead.
async function bring(link) {
  const place = link.closest("[data-place]");
  const open = place?.querySelector(":scope > .inserted");
  if (!place) return false;
  if (open) { open.remove(); return true; }
  const answer = await fetch(link.href);
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = page.querySelector("main form[data-bring]");
  if (!form) return false;
  const box = document.createElement("div");
  box.className = "inserted";
  form.action = new URL(form.getAttribute("action"), link.href).pathname;
  box.append(form);
  for (const old of box.querySelectorAll("[id]")) old.id += `-${place.dataset.place}`;
  for (const label of box.querySelectorAll("[for]")) label.htmlFor += `-${place.dataset.place}`;
  for (const each of box.querySelectorAll("[aria-describedby]")) each.removeAttribute("aria-describedby");
  link.closest(".tools").after(box);
  box.querySelector("textarea, input:not([type=hidden]), select")?.focus();
  return true;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[form=act]");
  if (button && act) {
    event.preventDefault();
    perform(button);
    return;
  }
  const link = event.target.closest("a[data-here]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    bring(link).then((done) => { if (!done) location.assign(link.href); }, () => location.assign(link.href));
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A comment behind a link may lie in a part that is folded.
function unfold() {
  const found = location.hash && document.getElementById(location.hash.slice(1));
  for (let each = found?.parentElement; each; each = each.parentElement) {
    if (each.tagName === "DETAILS") each.open = true;
  }
}
addEventListener("hashchange", unfold);
unfold();

// Pages may lie in a cache for a while: tell the time anew.
const UNITS = [[31536e3, "y"], [2592e3, "mo"], [86400, "d"], [3600, "h"], [60, "min"]];
function tellTimes() {
  for (const each of document.querySelectorAll("time")) {
    const age = (Date.now() - Date.parse(each.dateTime)) / 1000;
    const unit = UNITS.find(([seconds]) => age >= seconds);
    each.textContent = unit ? `${Math.floor(age / unit[0])} ${unit[1]} ago` : "just now";
  }
}
tellTimes();
setInterval(tellTimes, 60000);
