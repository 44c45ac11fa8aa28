import Delivery
import Gateway
import Primitives
import Staff
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages

/// What is wrong is said where people look, and by itself.
struct StatusTests {
    @Test func `when the exchange is away every page says since when, until it is back`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        await care.open(town.path(.careOffice))
        #expect(!care.has("交換所と通信できません"))
        let wire = town.town.wire(.careOffice)
        wire.fail { $0.isDown = true }
        _ = try? await Courier(town.town.office(.careOffice)) { _ in }.round()
        await care.open(town.path(.careOffice, "/inbox"))
        #expect(care.has("交換所と通信できません"))
        let head = try await town.clerk("kanri", [.administrator], profession: "clerk")
        await head.open(town.path(.careOffice, "/status"))
        #expect(head.has("から交換所と通信できません。") && head.has("healthy"))
        wire.fail()
        try await town.town.settle()
        await care.open(town.path(.careOffice, "/inbox"))
        #expect(!care.has("交換所と通信できません"))
        await head.open(town.path(.careOffice, "/status"))
        #expect(head.has("交換所と通信できています"))
    }

    @Test func `an auditor has the record checked`() async throws {
        let town = try await PagesTown.make()
        let auditor = try await town.clerk("kansa", [.auditor], profession: "clerk")
        let path = town.path(.careOffice, "/audit")
        await auditor.open(path)
        await auditor.post(path + "/check", [("token", try #require(auditor.token))])
        #expect(auditor.has("改ざんはありません"), "\(auditor.html)")
    }
}
