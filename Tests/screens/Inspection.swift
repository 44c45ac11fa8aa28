import BrowserKit
import Primitives

/// What a machine sees of a page: the rules that hold for all of them.
enum Inspection {
    /// A look that is not thorough leaves out axe, the other sizes and the zoom.
    ///
    /// - Returns: what is wrong, in words; nothing when all is well.
    static func look(
        _ browser: Browser,
        isThorough: Bool = true,
        language: String = "ja"
    ) async throws -> [String] {
        try await browser.setTextSize("medium")
        var found = try await frame(browser, language)
        if isThorough { found += try await sight(browser) }
        found += try await browser.requests().filter(\.isOutside).map { "calls outside: \($0)" }
        found += try await browser.consoleLines()
            .filter { $0.contains("Content Security Policy") }.map { "console: \($0)" }
        if try await browser.alert() != nil { found.append("an alert") }
        return found
    }

    private static func sight(_ browser: Browser) async throws -> [String] {
        var found = try await browser.axe().map { "\($0)" }
        found += try await browser.elementsTooWide().map { "too wide: \($0)" }
        let isLong = try await browser.all("main label").count > 200
        for size in isLong ? ["large"] : ["small", "large"] {
            try await browser.setTextSize(size)
            found += try await browser.axe(rules: sized).map { "\(size): \($0)" }
            found += try await browser.elementsTooWide().map { "\(size): too wide: \($0)" }
        }
        try await browser.setTextSize("medium")
        try await browser.show(.zoomed)
        found += try await browser.elementsTooWide().map { "zoomed: too wide: \($0)" }
        try await browser.show(.desk)
        return found
    }

    /// Rules whose verdict depends on the size of the text.
    private static let sized = ["color-contrast", "target-size"]

    /// What every page has once: its language, its heading, and a title that ends in the office.
    private static func frame(_ browser: Browser, _ language: String) async throws -> [String] {
        let found = try await browser.run(
            """
            const faults = []
            if (document.documentElement.lang !== arguments[0]) faults.push('lang')
            if (document.querySelectorAll('h1').length !== 1) faults.push('h1')
            if (!/^(エラー: )?.+ – .+$/.test(document.title)) faults.push('title')
            for (const table of document.querySelectorAll('table')) {
              if (!table.caption) faults.push('a table without caption')
              if (!table.querySelector('th[scope]')) faults.push('a table without scope')
            }
            if (document.querySelector('[style], style, script:not([src])')) faults.push('inline')
            return faults
            """,
            [.string(language)]
        )
        return found.array?.compactMap(\.string) ?? []
    }
}

extension Browser {
    /// 文字の大きさ as the page has it, without leaving the page.
    func setTextSize(_ size: String) async throws {
        try await run("document.documentElement.className = arguments[0]", [.string(size)])
    }
}
