// Asks the browser for a key and sends its answer with the form. Where this does not run, the other ways remain.
(() => {
  const form = document.querySelector("form[data-key]");
  if (!form || !window.PublicKeyCredential) return;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const options = JSON.parse(form.dataset.options).publicKey;
  const make = form.dataset.key === "make";
  options.challenge = bytes(options.challenge);
  for (const known of options.excludeCredentials ?? options.allowCredentials ?? []) known.id = bytes(known.id);
  if (make) options.user.id = bytes(options.user.id);

  const answer = (key) => {
    const said = key.response;
    const response = make
      ? { attestationObject: text(said.attestationObject), clientDataJSON: text(said.clientDataJSON) }
      : {
          authenticatorData: text(said.authenticatorData),
          clientDataJSON: text(said.clientDataJSON),
          signature: text(said.signature),
          userHandle: said.userHandle ? text(said.userHandle) : null,
        };
    return JSON.stringify({
      id: key.id,
      rawId: text(key.rawId),
      type: key.type,
      response,
      extensions: key.getClientExtensionResults(),
    });
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-problem]");
    problem.hidden = true;
    try {
      const key = make
        ? await navigator.credentials.create({ publicKey: options })
        : await navigator.credentials.get({ publicKey: options });
      form.elements.answer.value = answer(key);
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
  form.hidden = false;
})();
