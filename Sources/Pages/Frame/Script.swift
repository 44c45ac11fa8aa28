/// The one script, which only adds to pages that work without it. It stores nothing in the browser
/// and speaks with our own address alone.
enum Script {
    static let text =
        "\"use strict\";\n" + autosave + "\n" + passkeys + "\n" + unopened
        + "\n" + files

    /// Saves an open draft five seconds after a change and on leaving a field, by the route that
    /// its buttons post to. What is typed stays in the page until the server has it; a save under
    /// way is awaited before a button posts, or one would be in conflict with oneself.
    private static let autosave = #"""
        (() => {
        const form = document.querySelector("form#draft");
        const state = document.getElementById("saved");
        if (!form || !state) return;
        const every = 5000;
        let changed = false, stopped = false, left = false, posting = false;
        let timer = 0, saving = null;
        const say = (words, isBad) => {
          state.textContent = words;
          state.className = isBad ? "problem" : "saved";
        };
        const bad = why => say("未保存です。この画面を閉じないでください" + why, true);
        const field = name => form.querySelector('input[name="' + name + '"]');
        // After a new sign-in in another window the page has a new token, which ours lacks.
        const renew = async () => {
          const page = await fetch(form.action, {headers: {Accept: "text/html"}});
          const found = (await page.text()).match(/name="token" value="([\w-]+)"/);
          if (found) document.querySelectorAll('input[name="token"]')
            .forEach(input => { input.value = found[1]; });
        };
        const send = async () => {
          changed = false;
          const answer = await fetch(form.action, {
            method: "POST", redirect: "manual", keepalive: left,
            headers: {Accept: "application/json"},
            body: new URLSearchParams(new FormData(form)),
          });
          if (answer.ok) {
            const saved = await answer.json();
            field("revision").value = saved.revision;
            say(changed ? "入力中" : "保存済 " + saved.savedAt, false);
          } else if (answer.status === 409) {
            stopped = true;
            say("ほかの画面または職員が先に保存したため、自動保存を止めました。"
              + "「一時保存」を押すと、どちらを残すか選べます。", true);
          } else {
            changed = true;
            const isOut = answer.type === "opaqueredirect" || answer.status === 403;
            bad(isOut ? "。別の窓でサインインすると、続けて保存します" : "");
            if (isOut) await renew();
          }
        };
        const save = () => {
          clearTimeout(timer);
          timer = 0;
          if (saving || stopped || !changed) return saving;
          saving = send().catch(() => { changed = true; bad(""); }).finally(() => {
            saving = null;
            if (changed && !stopped) wait();
          });
          return saving;
        };
        const wait = () => { if (!timer && !stopped) timer = setTimeout(save, every); };
        const note = event => {
          if (!event.target.name || event.target.type === "hidden") return;
          changed = true;
          // What was said is no longer so. Not empty: the page would move under the pointer.
          if (!stopped && state.className === "saved") say("入力中", false);
          const mark = event.target.closest(".field,fieldset");
          if (mark && mark.querySelector(":scope>.from")) mark.querySelector(".from").remove();
          wait();
        };
        form.addEventListener("input", note);
        form.addEventListener("change", note);
        form.addEventListener("focusout", () => { save(); });
        form.addEventListener("submit", event => {
          if (!saving) {
            clearTimeout(timer);
            changed = false;
            return;
          }
          event.preventDefault();
          if (posting) return;
          posting = true;
          const button = event.submitter;
          saving.then(() => { posting = false; form.requestSubmit(button); });
        });
        addEventListener("pagehide", () => { left = true; save(); });
        addEventListener("beforeunload", event => {
          if (changed && state.className === "problem") event.preventDefault();
        });
        })();
        """#
}
