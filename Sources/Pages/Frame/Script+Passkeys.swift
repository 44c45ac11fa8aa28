extension Script {
    /// Makes and shows passkeys: a form brings its question and takes what the browser says of it.
    /// `navigator.credentials` speaks in buffers, the server in base64url.
    static let passkeys = #"""
        document.querySelectorAll("form[data-passkey]").forEach(form => {
        const said = form.querySelector("[role=alert]");
        const bytes = text => Uint8Array.from(
          atob(text.replace(/-/g, "+").replace(/_/g, "/")), sign => sign.charCodeAt(0));
        const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
          .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
        form.addEventListener("submit", async event => {
          event.preventDefault();
          said.hidden = true;
          try {
            const asked = JSON.parse(form.dataset.question);
            asked.challenge = bytes(asked.challenge);
            if (asked.user) asked.user.id = bytes(asked.user.id);
            (asked.excludeCredentials || asked.allowCredentials)
              .forEach(key => { key.id = bytes(key.id); });
            const isNew = form.dataset.passkey === "make";
            const key = await navigator.credentials[isNew ? "create" : "get"]({publicKey: asked});
            const answer = key.response;
            const shown = {
              authenticatorData: text(isNew
                ? answer.getAuthenticatorData() : answer.authenticatorData),
              clientDataJSON: text(answer.clientDataJSON),
            };
            if (!isNew) {
              shown.id = text(key.rawId);
              shown.signature = text(answer.signature);
            }
            form.elements.passkey.value = JSON.stringify(shown);
            form.submit();
          } catch { said.hidden = false; }
        });
        });
        """#
}
