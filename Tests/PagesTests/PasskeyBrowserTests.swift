import BrowserKit
import Primitives
import TestKit
import Testing

@testable import Pages

/// B4: passkeys in a browser, from the first to a copied one.
@Suite(.serialized) struct PasskeyBrowserTests {
    @Test func `a passkey is made, signs in, unlocks, and its copy is refused`() async throws {
        let port = try FreePort.find()
        let town = try await PagesTown.make(port: port)
        let clerk = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        let own = town.path(.clinic)
        try await town.served(to: clerk, at: port) { browser, base in
            // What comes in is told on the page that is open.
            try await browser.open(base + own + "/outbox")
            _ = try await town.send(by: try await town.clerk("haruka"))
            try await town.town.settle()
            try await browser.run("document.dispatchEvent(new Event('visibilitychange'))")
            try await eventually("the number") { () -> Bool? in
                try await browser.find("#unopened").text == "未開封 1" ? true : nil
            }
            #expect(try await browser.axe().isEmpty)

            let authenticator = try await browser.addAuthenticator()

            // Made, after the password.
            try await browser.open(base + own + "/me")
            try await browser.find("#label").type("受付のPC")
            try await browser.find("#passkey-password").type(PagesTown.password)
            try await browser.use("パスキーを追加する", "パスキーを作る")
            #expect(try await browser.axe().isEmpty)
            try await browser.use("パスキーを作る", "パスキーを登録しました")
            try await browser.open(base + own + "/me")
            #expect(try await browser.text.contains("受付のPC"))
            #expect(try await browser.axe().isEmpty)

            // Signs in.
            try await Self.passPassword(browser)
            #expect(try await browser.axe().isEmpty)
            let copy = try #require(try await authenticator.credentials().first)
            try await browser.use("パスキーを使う", "本日")

            // Unlocks.
            try await browser.use("画面ロック", "画面ロック")
            #expect(try await browser.axe().isEmpty)
            try await browser.use("パスキーで再開する", "本日")

            // Its copy counts from when it was made.
            try await Self.passPassword(browser)
            try await authenticator.forgetCredentials()
            try await authenticator.add(copy)
            try await browser.use("パスキーを使う", "エラー: 確認コード")
            #expect(try await browser.text.contains("notAuthenticated"))
            #expect(try await browser.consoleLines().allSatisfy { !$0.contains("Policy") })
        }
    }

    /// Out, and in again as far as the second step.
    private static func passPassword(_ browser: Browser) async throws {
        try await browser.use("終了", "終了しました")
        try await browser.use("サインイン", "サインイン")
        try await browser.find("#name").type("hitoshi")
        try await browser.find("#password").type(PagesTown.password)
        try await browser.use("サインイン", "確認コード")
    }
}

extension Browser {
    /// Uses the button or link that reads so, and waits for the page whose title begins so.
    fileprivate func use(_ control: String, _ title: String) async throws {
        try await run("window.isLeft = true")
        try await click(control)
        try await eventually("\(title) after \(control)") { () -> Bool? in
            let isThere = try await run(
                "return !window.isLeft && document.readyState === 'complete'"
            )
            guard isThere.bool == true else { return nil }
            return try await self.title.hasPrefix(title) ? true : nil
        }
    }
}
