// Adding a webhook: its secret is shown once, here.

import { call } from "./api.js";
import { t } from "./words.js";

const form = document.getElementById("new");
const fault = document.getElementById("fault");
const secret = document.getElementById("secret");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const told = new FormData(form);
  fault.textContent = "";
  try {
    const mailbox = told.get("mailbox") || null;
    const added = await call("POST", "/v1/webhooks", { url: told.get("url"), events: told.getAll("events"), mailbox });
    secret.replaceChildren(t("secret"), " ", Object.assign(document.createElement("code"), { textContent: added.secret }));
    secret.hidden = false;
    secret.focus();
    form.reset();
  } catch (error) {
    fault.textContent = error.message;
  }
});
