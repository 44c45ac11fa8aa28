import HTTP
import Primitives
import Staff
import TestKit
import Testing

@testable import Pages

/// The number beside 受信箱.
struct UnopenedTests {
    @Test func `every page tells how much is unopened`() async throws {
        let town = try await PagesTown.make()
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        let own = town.path(.clinic)
        await clinic.open(own + "/outbox")
        #expect(clinic.has(" hidden>未開封 0</span>"))
        _ = try await town.send(by: try await town.clerk("haruka"))
        try await town.town.settle()
        await clinic.open(own + "/outbox")
        #expect(clinic.has("\">未開封 1</span>"))
        #expect(await clinic.respond(.get, own + "/unopened").text == #"{"unopened":1}"#)
        await clinic.open(own + "/inbox")
        await clinic.open(try #require(clinic.link(own + "/sheets/")))
        #expect(clinic.has(" hidden>未開封 0</span>"))
        #expect(await clinic.respond(.get, own + "/unopened").text == #"{"unopened":0}"#)
        let head = try await town.clerk("kanri", [.administrator], at: .clinic)
        #expect(!head.has("id=\"unopened\""))
    }

    /// A page that asks by itself is nobody at the desk.
    @Test func `asking keeps nobody signed in`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka")
        let own = town.path(.careOffice)
        for _ in 0..<3 {
            town.town.time.advance(by: .minutes(4))
            #expect(await clerk.respond(.get, own + "/unopened").status == 200)
        }
        town.town.time.advance(by: .minutes(4))
        let answer = await clerk.respond(.get, own + "/unopened")
        #expect(answer.status == 303 && answer.location?.contains("/locked") == true)
        await clerk.open(own + "/inbox")
        #expect(clerk.title.hasPrefix("画面ロック"))
    }
}
