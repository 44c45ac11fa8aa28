import BrowserKit
import Cryptography
import Gateway
import HTTP
import Primitives
import TestKit
import Testing

@testable import Pages

/// The script in a real browser, over pages in this process.
@Suite(.serialized) struct AutosaveBrowserTests {
    @Test func `what is typed is saved while one writes`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let care = try await town.clerk("haruka")
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        let draft = care.path
        try await town.served(to: care) { browser, base in
            try await browser.open(base + draft)
            let state = { try await browser.find("#saved").text }
            let field = { try await browser.find("[name=\"/body/message\"]") }
            town.town.time.advance(by: .seconds(65))
            try await field().type("髙﨑様の件")
            try await browser.press(.tab)
            let saved = "保存済 " + TimeWords.exact(town.town.time.now)
            try await eventually("it is saved") { try await state() == saved ? true : nil }

            // Out of reach it stays in the page, and is saved when the pages are back.
            try await browser.beOffline(true)
            try await field().type("、つづき")
            try await browser.press(.tab)
            try await eventually("it says so") {
                try await state().hasPrefix("未保存です") ? true : nil
            }
            try await browser.beOffline(false)
            try await field().type("。")
            try await browser.press(.tab)
            try await eventually("it is saved again") {
                let kept = try await town.town.office(.careOffice).drafts().first?.bytes ?? []
                return String(decoding: kept, as: UTF8.self).contains("つづき。") ? true : nil
            }
            try await eventually("it says so again") {
                try await state().hasPrefix("保存済") ? true : nil
            }
            try await browser.reload()
            let kept = try await field().property("value").string
            #expect(kept == "髙﨑様の件、つづき。")
            #expect(try await browser.run("return localStorage.length").integer == 0)

            // A button pressed while a save is under way is no conflict with oneself.
            try await field().type("終")
            try await browser.run("window.isLeft = true")
            try await browser.click("一時保存")
            try await eventually("the next page") {
                let isThere = try await browser.run(
                    "return !window.isLeft && document.readyState === 'complete'"
                )
                return isThere.bool == true ? true : nil
            }
            let sent = try await field().property("value").string
            #expect(sent == "髙﨑様の件、つづき。終")

            // Of two who write one draft, the later one's script says so and stops.
            await care.open(draft)
            await care.post(draft, [("/body/message", "別の人"), ("next", "save")])
            try await field().type("遅")
            try await browser.press(.tab)
            try await eventually("it stops") {
                try await state().contains("自動保存を止めました") ? true : nil
            }
            #expect(try await browser.consoleLines().allSatisfy { !$0.contains("Policy") })
        }
    }
}

extension Browser {
    fileprivate func beOffline(_ isOffline: Bool) async throws {
        try await devTools("Network.enable")
        try await devTools(
            "Network.emulateNetworkConditions",
            [
                "offline": .bool(isOffline), "latency": 0, "downloadThroughput": -1,
                "uploadThroughput": -1,
            ]
        )
    }
}

extension PagesTown {
    /// Opens a browser with somebody's session on these pages while `body` runs.
    func served<Result>(
        to clerk: Clerk,
        at port: Int = 0,
        _ body: (Browser, String) async throws -> Result
    ) async throws -> Result {
        let certificate = try PageCertificate()
        let tls = TLSServerConfiguration(
            chainPEM: certificate.chainPEM,
            keyPEM: certificate.keyPEM,
            clientCertificate: .none
        )
        let address = ListenerConfiguration.Address.tcp(host: "127.0.0.1", port: port)
        let server = try Server(
            [(ListenerConfiguration(address: address, tls: tls), pages)],
            time: MachineTime()
        )
        async let running: Void = server.run()
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(
                try await Browser.live(trusting: [certificate.pin]) { browser in
                    let base = "https://localhost:\(server.ports[0])"
                    try await browser.open(base + path(.careOffice, "/signin"))
                    try await browser.add(
                        cookie: [
                            "name": "__Host-renkei", "value": .string(clerk.cookie), "path": "/",
                            "secure": true, "httpOnly": true, "sameSite": "Lax",
                        ]
                    )
                    return try await body(browser, base)
                }
            )
        } catch {
            outcome = .failure(error)
        }
        server.drain()
        await running
        return try outcome.get()
    }
}
