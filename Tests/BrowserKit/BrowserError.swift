/// What went wrong with the browser, or what never came about on its page.
package struct BrowserError: Error, CustomStringConvertible {
    /// As WebDriver names it, such as `no such element`; empty for what we found ourselves.
    package let code: String
    package let description: String

    init(_ description: String, code: String = "") {
        self.code = code
        self.description = code.isEmpty ? description : "\(code): \(description)"
    }

    /// Passes by itself, once the page has come or has been built anew.
    var isPassing: Bool {
        [
            "no such element", "stale element reference", "element not interactable",
            "element click intercepted",
        ].contains(code)
    }
}
