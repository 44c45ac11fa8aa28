import BrowserKit
import Foundation
import Primitives
import Testing

@testable import screens

/// The staff pages in a browser, over a real exchange and two gateways: from the first sign-in to
/// the reply.
@Suite(.serialized) struct PagesWalkTests {
    private static let isLong = ProcessInfo.processInfo.environment["RENKEI_LONG"] != nil

    /// What is looked at in every run; the others in the long one, and by `Deploy/screens`.
    private static let essential: Set = [
        "サインイン", "本日-空", "記入-誤り", "記入-保存", "確認", "配達状況-到着", "病院-受信箱", "病院-書類を読む",
    ]

    /// At the hospital by keyboard, and with texts that would break a page that let them.
    @Test func `every page keeps the rules in three sizes, and none needs a script`() async throws {
        let manner = Walk.Manner(hospital: .keyboard, allowsScripts: false, isBrief: true)
        try await Walk.live(manner) { walk in
            for stop in Stop.all {
                try await stop.go(walk)
                let browser = stop.browser(of: walk)
                if stop.name == "病院-書類を読む" {
                    #expect(try await browser.text.contains(Stop.hostile.name))
                }
                if stop.name == "返信を読む" {
                    #expect(try await browser.text.contains(Stop.hostile.text.prefix(30)))
                }
                let isThorough = Self.isLong || Self.essential.contains(stop.name)
                let findings = try await Inspection.look(browser, isThorough: isThorough)
                #expect(findings.isEmpty, "\(stop.name)")
            }
        }
    }

    @Test(.enabled(if: isLong))
    func `the whole journey goes by keyboard alone`() async throws {
        try await Walk.live(Walk.Manner(care: .keyboard, hospital: .keyboard, isBrief: true)) {
            walk in
            for stop in Stop.journey { try await stop.go(walk) }
            #expect(try await walk.care.browser.text.contains("証拠を書き出す"))
        }
    }

    @Test(.enabled(if: isLong))
    func `the four core sheets go their ways, and an auditor is answered`() async throws {
        try await Walk.live(Walk.Manner(isWide: true)) { walk in
            for stop in Stop.wide {
                do { try await stop.go(walk) } catch {
                    let seen = try await stop.browser(of: walk).find("main").text.prefix(500)
                    throw Missing("\(stop.name): \(error) at \(seen)")
                }
                if stop.hasPaper {
                    #expect(try await stop.browser(of: walk).paper().count > 10_000, "\(stop.name)")
                }
            }
        }
    }
}
