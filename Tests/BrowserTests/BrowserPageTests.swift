import BrowserKit
import Foundation
import Primitives
import Testing

/// The browser itself: what it tells about pages must be true before a page is judged by it.
@Suite(.serialized) struct BrowserPageTests {
    @Test func `forms are found by their labels, filled in and sent`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.open(base + "/")
            #expect(try await browser.title == "記入 – 架空機関")
            #expect(try await browser.find("#state").text == "動いた")
            let field = try await browser.field("職員ID")
            #expect(try await field.label == "職員ID ※必須")
            #expect(try await field.role == "textbox")
            try await field.fill("髙﨑 葛󠄀 𠮷")
            #expect(try await field.property("value").string == "髙﨑 葛󠄀 𠮷")
            let care = try await browser.field("要介護度")
            try await care.choose("要介護2")
            #expect(try await care.property("value").string == "要介護2")
            try await browser.click("送信する")
            try await eventually("the page that the form leads to") {
                try await browser.url == base + "/done" ? true : nil
            }
            #expect(try await browser.text.contains("受け付けました。"))
            let cookie = try #require(try await browser.cookies().first)
            #expect(cookie["name"]?.string == "__Host-sample")
            #expect(cookie["httpOnly"]?.bool == true)
            try await browser.forgetCookies()
            #expect(try await browser.cookies().isEmpty)
            try await browser.back()
            #expect(try await browser.url == base + "/")
        }
    }

    @Test func `the keyboard goes through a page in order and submits`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.open(base + "/")
            let order = try await browser.tabOrder()
            #expect(order == ["職員ID ※必須", "氏名", "要介護度", "送信する", "やめる"])
            try await browser.press(.control, "s")
            #expect(try await browser.find("#state").text == "保存")
            try await browser.tab(to: "氏名")
            try await browser.type("架空太郎")
            try await browser.press(.shift, .tab)
            try await browser.type("k1001")
            #expect(try await browser.field("氏名").property("value").string == "架空太郎")
            #expect(try await browser.focused().property("value").string == "k1001")
            try await browser.tab(to: "送信する")
            try await browser.press(.enter)
            try await eventually("the answer comes") {
                try await browser.url == base + "/done" ? true : nil
            }
            await #expect(throws: BrowserError.self) {
                try await browser.tab(to: "ないもの", atMost: 3)
            }
        }
    }

    @Test func `scripts of the page can be off`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.allowScripts(false)
            try await browser.open(base + "/")
            #expect(try await browser.find("#state").text == "そのまま")
            #expect(try await browser.find("#without").isShown)
            try await browser.field("氏名").type("架空太郎")
            try await browser.click("送信する")
            #expect(try await browser.url == base + "/done")
            try await browser.allowScripts(true)
            try await browser.open(base + "/")
            #expect(try await browser.find("#state").text == "動いた")
            #expect(try await browser.has("#without") == false)
        }
    }

    @Test func `an alert is seen and can be sent away`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.open(base + "/")
            #expect(try await browser.alert() == nil)
            try await browser.open(base + "/alert")
            let words = try await eventually("an alert") { try await browser.alert() }
            #expect(words == "開かれました")
            try await browser.dismissAlert()
            #expect(try await browser.alert() == nil)
        }
    }

    @Test func `what reaches beyond the right edge is told`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.open(base + "/")
            #expect(try await browser.elementsTooWide().isEmpty)
            #expect(
                try await browser.run("return innerWidth * 1000 + innerHeight").integer == 1_280_768
            )
            try await browser.show(.zoomed)
            #expect(try await browser.run("return innerWidth").integer == 640)
            #expect(try await browser.elementsTooWide().isEmpty)
            try await browser.open(base + "/wide")
            #expect(try await browser.elementsTooWide().first == "p#broad")
        }
    }

    @Test func `a browser leaves no process and no file, also after a failure`() async throws {
        let folder = Lock("")
        await #expect(throws: CancellationError.self) {
            try await Browser.live(trusting: []) { browser in
                folder.withLock { $0 = browser.folder }
                #expect(FileManager.default.fileExists(atPath: browser.folder))
                throw CancellationError()
            }
        }
        let path = folder.withLock { $0 }
        #expect(!path.isEmpty && !FileManager.default.fileExists(atPath: path))
        // What was killed may take a moment to be gone.
        try await eventually("all processes are gone") {
            Self.processes(naming: path).isEmpty ? true : nil
        }
    }

    private static func processes(naming folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { name in
            guard Int(name) != nil else { return false }
            let words = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
            return String(decoding: words, as: UTF8.self).contains(folder)
        }
    }
}
