extension Script {
    /// Says before it is sent that a file is too large: a server that will not take it hangs up,
    /// and a browser shows nothing then.
    static let files = #"""
        (() => {
        const input = document.querySelector("input[type=file][data-most]");
        if (!input) return;
        input.addEventListener("change", () => {
          const file = input.files[0];
          const isTooLarge = file && file.size > Number(input.dataset.most);
          input.setCustomValidity(isTooLarge ? input.dataset.words : "");
          input.reportValidity();
        });
        })();
        """#
}
