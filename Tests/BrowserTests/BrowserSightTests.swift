import BrowserKit
import Foundation
import Primitives
import Testing

/// What the browser is there for: to find what is wrong with a page, and to show it.
@Suite(.serialized) struct BrowserSightTests {
    @Test func `axe runs under the strict policy and finds what is planted`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.open(base + "/")
            #expect(try await browser.axe().isEmpty)
            // A second look at the same page needs no second axe.
            #expect(try await browser.axe().isEmpty)
            #expect(try await browser.consoleLines().isEmpty)
            try await browser.open(base + "/faulty")
            let found = try await browser.axe()
            #expect(found.map(\.rule).sorted() == ["image-alt", "label"])
            #expect(found.flatMap(\.places).sorted() == ["#nameless", "#silent"])
            // The page's own script did not run.
            #expect(try await browser.find("#nameless").property("value").string == "")
            let lines = try await browser.consoleLines()
            #expect(lines.contains { $0.contains("Content Security Policy") })
        }
    }

    @Test func `axe looks also at a page whose scripts are off`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.allowScripts(false)
            try await browser.open(base + "/faulty")
            #expect(try await browser.axe().map(\.rule).sorted() == ["image-alt", "label"])
            try await browser.open(base + "/")
            #expect(try await browser.axe().isEmpty)
            #expect(try await browser.find("#state").text == "そのまま")
        }
    }

    @Test func `a call to another machine is noticed and goes nowhere`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.open(base + "/")
            let own = try await browser.requests()
            #expect(own.contains { $0.url == base + "/page.js" })
            #expect(own.filter(\.isOutside).isEmpty)
            try await browser.open(base + "/faulty")
            let outside = try await browser.requests().filter(\.isOutside)
            #expect(outside.compactMap(\.host) == ["outside.example"])
            await #expect(throws: BrowserError.self) {
                try await browser.open("https://outside.example/")
            }
        }
    }

    @Test func `paper is A4 and its text can be read`() async throws {
        let pdf = try await SamplePages.served { browser, base in
            try await browser.open(base + "/long")
            return try await browser.printed()
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pdf")
        try Data(pdf).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let about = try await PDFTool.run("pdfinfo", file.path)
        #expect(about.contains(/Page size: .*\(A4\)/))
        #expect(about.contains(/Pages: +[2-9]/))
        let text = try await PDFTool.run("pdftotext", file.path, "-")
        #expect(text.contains("髙﨑 𠮷之助 80"))
    }

    @Test func `pictures show the window, or the page from top to bottom`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.open(base + "/long")
            #expect(try Self.size(of: await browser.screenshot()) == [1280, 768])
            let full = try Self.size(of: await browser.fullScreenshot())
            #expect(full[0] == 1280 && full[1] > 2000)
        }
    }

    /// Width and height stand at the same place in every PNG (RFC 2083 §11.2.1).
    private static func size(of png: [UInt8]) throws -> [Int] {
        try #require(png.count > 24 && png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        return [16, 20].map { start in png[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) } }
    }

    @Test func `a passkey can be made, copied and taken away`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.open(base + "/")
            let authenticator = try await browser.addAuthenticator()
            try await browser.run(Self.enrol)
            let passkey = try await eventually("a passkey") {
                try await authenticator.credentials().first
            }
            #expect(passkey["rpId"]?.string == "localhost")
            #expect(passkey["signCount"]?.integer == 1)
            try await authenticator.forgetCredentials()
            #expect(try await authenticator.credentials().isEmpty)
            try await authenticator.add(passkey)
            #expect(try await authenticator.credentials().count == 1)
            try await authenticator.remove()
            await #expect(throws: BrowserError.self) { try await authenticator.credentials() }
        }
    }

    private static let enrol = """
        navigator.credentials.create({ publicKey: {
          challenge: new Uint8Array(16), rp: { name: '架空', id: 'localhost' },
          user: { id: new Uint8Array(8), name: 'k1001', displayName: 'k1001' },
          pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
          authenticatorSelection: { userVerification: 'required', residentKey: 'required' } } })
        """
}
