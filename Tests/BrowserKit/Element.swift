package import Primitives

/// One element of the page that is open.
package struct Element: Sendable {
    let browser: Browser
    let id: String

    /// The name that the standard gives references to elements.
    static let mark = "element-6066-11e4-a52e-4f735466cecf"

    var reference: JSON { .object([Element.mark: .string(id)]) }
    private var place: String { "/element/" + id }

    package func click() async throws { try await browser.command("POST", place + "/click", [:]) }
    package func clear() async throws { try await browser.command("POST", place + "/clear", [:]) }

    /// Types behind what stands in it.
    package func type(_ text: String) async throws {
        try await browser.command("POST", place + "/value", ["text": .string(text)])
    }

    /// Replaces what stands in it.
    package func fill(_ text: String) async throws {
        try await clear()
        try await type(text)
    }

    /// Takes the option of a list that reads so.
    package func choose(_ option: String) async throws {
        let found = try await browser.run(
            "return [...arguments[0].options].find(o => o.text.trim() === arguments[1]) ?? null",
            [reference, .string(option)]
        )
        guard let element = browser.element(found) else {
            throw BrowserError("no option \(option)", code: "no such element")
        }
        try await element.click()
    }

    package var text: String {
        get async throws { try await browser.command("GET", place + "/text").string ?? "" }
    }

    /// What assistive technology calls it, and what it is to it.
    package var label: String {
        get async throws { try await browser.command("GET", place + "/computedlabel").string ?? "" }
    }

    package var role: String {
        get async throws { try await browser.command("GET", place + "/computedrole").string ?? "" }
    }

    package var isShown: Bool {
        get async throws { try await browser.command("GET", place + "/displayed").bool ?? false }
    }

    package var isSelected: Bool {
        get async throws { try await browser.command("GET", place + "/selected").bool ?? false }
    }

    package func attribute(_ name: String) async throws -> String? {
        try await browser.run(
            "return arguments[0].getAttribute(arguments[1])",
            [reference, .string(name)]
        ).string
    }

    /// What stands in it now, such as `value`.
    package func property(_ name: String) async throws -> JSON {
        try await browser.command("GET", place + "/property/" + name)
    }
}

extension Browser {
    func element(_ json: JSON) -> Element? {
        json[Element.mark]?.string.map { Element(browser: self, id: $0) }
    }

    /// The first that fits a CSS selector, as soon as there is one.
    package func find(_ css: String) async throws -> Element {
        try await eventually(css) { try await all(css).first }
    }

    package func all(_ css: String) async throws -> [Element] {
        let found = try await command(
            "POST",
            "/elements",
            ["using": "css selector", "value": .string(css)]
        )
        return found.array?.compactMap(element) ?? []
    }

    package func has(_ css: String) async throws -> Bool { try await !all(css).isEmpty }

    /// The field of a label that reads so, begins so, or holds it.
    package func field(_ label: String) async throws -> Element {
        let labels = "[...document.querySelectorAll('label')].filter(l => l.control)"
        return try await eventually("a field \(label)") {
            element(
                try await run(
                    Browser.byText + "return pick(\(labels))?.control ?? null",
                    [
                        .string(label)
                    ]
                )
            )
        }
    }

    /// The button or link that reads so, begins so, or holds it.
    package func control(_ text: String) async throws -> Element {
        let controls =
            "[...document.querySelectorAll('a[href], button, input[type=submit], summary')]"
        return try await eventually("a control \(text)") {
            element(try await run(Browser.byText + "return pick(\(controls))", [.string(text)]))
        }
    }

    /// Clicks that button or link; what it opens has come when this returns.
    package func click(_ text: String) async throws {
        try await eventually("a click on \(text)") {
            let control = try await control(text)
            do {
                try await control.click()
                return true
            } catch let error as BrowserError where error.isPassing {
                return nil
            }
        }
    }

    /// Of elements that are shown, the one with the closest text.
    private static let byText = """
        const text = e => (e.value && e.localName === 'input' ? e.value : e.textContent)
          .replace(/\\s+/g, ' ').trim()
        const pick = elements => {
          const shown = elements.filter(e => e.getClientRects().length)
          const wish = arguments[0]
          return shown.find(e => text(e) === wish) ?? shown.find(e => text(e).startsWith(wish))
            ?? shown.find(e => text(e).includes(wish)) ?? null
        }

        """
}
