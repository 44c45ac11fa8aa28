package import Primitives

/// What a person sees and does with whole pages.
extension Browser {
    package func open(_ url: String) async throws {
        try await command("POST", "/url", ["url": .string(url)])
    }

    package var url: String {
        get async throws { try await command("GET", "/url").string ?? "" }
    }

    package var title: String {
        get async throws { try await command("GET", "/title").string ?? "" }
    }

    /// What can be read on the page.
    package var text: String {
        get async throws { try await run("return document.body.innerText").string ?? "" }
    }

    package func back() async throws { try await command("POST", "/back", [:]) }
    package func reload() async throws { try await command("POST", "/refresh", [:]) }

    /// Whether the page's own scripts run, from the next page on.
    package func allowScripts(_ areAllowed: Bool) async throws {
        try await devTools("Emulation.setScriptExecutionDisabled", ["value": .bool(!areAllowed)])
        isScripted.withLock { $0 = areAllowed }
    }

    /// How much of a page is seen, in its own pixels, and how many of the screen each of them has.
    package func show(_ view: BrowserView) async throws {
        try await devTools(
            "Emulation.setDeviceMetricsOverride",
            [
                "width": .integer(Int64(view.width)), "height": .integer(Int64(view.height)),
                "deviceScaleFactor": .integer(Int64(view.scale)), "mobile": false,
            ]
        )
    }

    /// Elements that reach beyond the right edge, so that the page scrolls sideways.
    package func elementsTooWide() async throws -> [String] {
        let found = try await run(
            """
            const width = document.documentElement.clientWidth
            if (document.documentElement.scrollWidth <= width) return []
            return [...document.body.querySelectorAll('*')]
              .filter(e => e.getBoundingClientRect().right > width + 1)
              .map(e => e.localName + (e.id && '#' + e.id) + (e.className && '.' + e.className))
              .concat(['scrolls to ' + document.documentElement.scrollWidth + ' of ' + width])
            """
        )
        return found.array?.compactMap(\.string) ?? []
    }

    /// The text of an alert, a question or a prompt that a script has opened; nil without one.
    package func alert() async throws -> String? {
        do {
            return try await command("GET", "/alert/text").string
        } catch let error as BrowserError where error.code == "no such alert" {
            return nil
        }
    }

    package func dismissAlert() async throws { try await command("POST", "/alert/dismiss", [:]) }

    /// The cookies of the page as WebDriver tells them: `name`, `value`, `httpOnly`, `secure`,
    /// `sameSite`.
    package func cookies() async throws -> [JSON] {
        try await command("GET", "/cookie").array ?? []
    }

    /// Sets a cookie as `cookies` told it, for the machine whose page is open.
    package func add(cookie: JSON) async throws {
        try await command("POST", "/cookie", ["cookie": cookie])
    }

    package func forgetCookies() async throws { try await command("DELETE", "/cookie") }
}

/// A window on the page.
package struct BrowserView: Sendable {
    let width: Int
    let height: Int
    let scale: Int

    /// The screen of an office.
    package static let desk = BrowserView(width: 1280, height: 768, scale: 1)
    /// The same screen at 200 % zoom.
    package static let zoomed = BrowserView(width: 640, height: 384, scale: 2)
    package static let phone = BrowserView(width: 360, height: 740, scale: 2)
}
