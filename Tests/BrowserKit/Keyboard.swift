import Primitives

/// Keys without a letter, as WebDriver writes them.
package enum Key: String, Sendable {
    case backspace = "\u{E003}"
    case tab = "\u{E004}"
    case enter = "\u{E007}"
    case shift = "\u{E008}"
    case control = "\u{E009}"
    case alt = "\u{E00A}"
    case escape = "\u{E00C}"
    case space = " "
    case end = "\u{E010}"
    case home = "\u{E011}"
    case left = "\u{E012}"
    case up = "\u{E013}"
    case right = "\u{E014}"
    case down = "\u{E015}"
}

extension Browser {
    /// Presses a key, held together with those before it in the list.
    package func press(_ keys: Key...) async throws { try await press(keys.map(\.rawValue)) }

    /// Presses a letter together with keys that are held, such as Ctrl+S.
    package func press(_ held: Key, _ letter: String) async throws {
        try await press([held.rawValue, letter])
    }

    private func press(_ keys: [String]) async throws {
        let steps =
            keys.map { JSON.object(["type": "keyDown", "value": .string($0)]) }
            + keys.reversed().map { JSON.object(["type": "keyUp", "value": .string($0)]) }
        let keyboard: JSON = ["type": "key", "id": "keyboard", "actions": .array(steps)]
        try await command("POST", "/actions", ["actions": [keyboard]])
    }

    /// Types text where the focus is.
    package func type(_ text: String) async throws {
        let focused = try await command("GET", "/element/active")
        guard let element = element(focused) else { throw BrowserError("nothing has the focus") }
        try await element.type(text)
    }

    /// What has the focus.
    package func focused() async throws -> Element {
        let active = try await command("GET", "/element/active")
        guard let element = element(active) else { throw BrowserError("nothing has the focus") }
        return element
    }

    /// Presses Tab until something with that name has the focus.
    ///
    /// - Throws: after as many steps as a page may have, which is a trap or a place out of reach.
    @discardableResult
    package func tab(to label: String, atMost steps: Int = 1000) async throws -> Element {
        var passed: [String] = []
        for _ in 0..<steps {
            try await press(.tab)
            let element = try await focused()
            let name = try await element.label
            if name.hasPrefix(label) { return element }
            passed.append(name)
        }
        throw BrowserError("Tab never comes to \(label); it passed \(passed.prefix(20))")
    }

    /// Presses Tab until something that fits a CSS selector has the focus.
    package func tab(toFirst css: String, atMost steps: Int = 200) async throws {
        for _ in 0..<steps {
            try await press(.tab)
            let fits = try await run(
                "return document.activeElement.matches(arguments[0])",
                [.string(css)]
            )
            if fits.bool == true { return }
        }
        throw BrowserError("Tab never comes to \(css)")
    }

    /// The names of all that Tab comes by, from the top of the page until it begins anew.
    package func tabOrder(atMost steps: Int = 200) async throws -> [String] {
        try await run("document.activeElement?.blur(); window.getSelection().removeAllRanges()")
        var names: [String] = []
        var seen: Set<String> = []
        for _ in 0..<steps {
            try await press(.tab)
            let element = try await focused()
            guard seen.insert(element.id).inserted else { return names }
            if try await element.property("localName").string != "body" {
                names.append(try await element.label)
            }
        }
        return names
    }
}
