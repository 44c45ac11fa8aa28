extension Script {
    /// Asks once a minute, while the page is seen, how many sheets nobody has opened. Whoever is
    /// locked out meanwhile is led to the lock: what stands on the page is not for passers-by.
    static let unopened = #"""
        (() => {
        const mark = document.getElementById("unopened");
        if (!mark) return;
        const ask = async () => {
          if (document.visibilityState !== "visible") return;
          try {
            const answer = await fetch(mark.dataset.from, {
              redirect: "manual", headers: {Accept: "application/json"},
            });
            if (answer.type === "opaqueredirect" && !document.querySelector("form#draft")) {
              location.assign(location.href);
            }
            if (!answer.ok) return;
            const count = (await answer.json()).unopened;
            const words = "未開封 " + count;
            if (mark.textContent !== words) mark.textContent = words;
            mark.hidden = count === 0;
          } catch { /* The next time. */ }
        };
        setInterval(ask, 60000);
        document.addEventListener("visibilitychange", ask);
        })();
        """#
}
