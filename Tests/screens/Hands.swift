import BrowserKit
import Primitives

/// How somebody works with a page.
enum Hands: Sendable { case mouse, keyboard }

/// Somebody at a page.
struct Desk: Sendable {
    let browser: Browser
    let hands: Hands
    /// Where the pages are.
    let base: String

    func open(_ path: String) async throws { try await browser.open(base + path) }

    /// Uses the button or link that reads so, and waits for the page that it opens.
    func use(_ text: String) async throws {
        try await leave {
            switch hands {
            case .mouse: try await browser.click(text)
            case .keyboard:
                try await browser.tab(to: text)
                try await browser.press(.enter)
            }
        }
    }

    /// Uses the first element that fits a CSS selector.
    func use(first css: String) async throws {
        try await leave {
            switch hands {
            case .mouse: try await browser.find(css).click()
            case .keyboard:
                try await browser.tab(toFirst: css)
                try await browser.press(.enter)
            }
        }
    }

    /// Types into the field of a label.
    func fill(_ label: String, _ text: String) async throws {
        switch hands {
        case .mouse: try await browser.field(label).fill(text)
        case .keyboard:
            try await browser.tab(to: label)
            try await browser.type(text)
        }
    }

    /// Does what opens another page, and waits until that has come.
    func leave(_ act: () async throws -> Void) async throws {
        try await browser.run("window.isLeft = true")
        try await act()
        try await eventually("the next page") {
            let isThere = try await browser.run(
                "return !window.isLeft && document.readyState === 'complete'"
            )
            return isThere.bool == true ? true : nil
        }
    }

    /// Opens the page again until it says so.
    func wait(for words: String) async throws {
        try await eventually("“\(words)” on \(try await browser.title)") {
            if try await browser.text.contains(words) { return true }
            try await browser.reload()
            return nil
        }
    }
}
