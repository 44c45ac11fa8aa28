import Audit
import Delivery
import Foundation
import Gateway
import HTTP
import Primitives
import Storage
import TestKit
import Testing

@testable import Pages

/// What is done with sheets after they were sent and received.
struct AgainTests {
    @Test func `a correction begins with what was sent and makes the earlier one an old version`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        await care.open(sent)
        await care.post(sent + "/correct")
        let draft = care.path
        #expect(care.title.hasPrefix("医療・介護連携シートの訂正版の記入") && care.has("担当になりました。"))
        await care.post(draft, [("/body/message", "薬が変わりました。"), ("next", "check")])
        #expect(care.title.hasPrefix("エラー: "), "its ground is chosen anew (C-21)")
        let ground = "record:" + (try #require(care.between("value=\"record:", "\"")))
        await care.post(draft, [("consent", ground), ("next", "check")])
        try #require(care.title.hasPrefix("送信前の確認"), "\(care.html)")
        await care.post(draft + "/send")
        let correction = care.path
        try await town.town.settle()
        await care.open(sent)
        #expect(care.has("（旧版）") && !care.has("訂正版を作る"))
        #expect(care.has("<h2>やりとり</h2>"))
        await care.post(sent + "/correct", [("token", try #require(care.token))])
        #expect(care.status == 400, "what is old is not corrected twice")
        await care.open(correction)
        #expect(care.has("訂正版を作る"))
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        await clinic.open(town.path(.clinic, "/inbox"))
        #expect(clinic.has("（旧版）") && clinic.has("全 2 件"))
    }

    @Test func `what has expired is written again with nothing typed twice`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        town.town.wire(.clinic).fail { $0.isDown = true }
        try await town.town.settle(failures: Town.FailureList())
        await care.open(sent)
        #expect(!care.has("同じ内容で作り直す"))
        town.town.time.advance(by: .days(30))
        try await town.town.settle(failures: Town.FailureList())
        let again = try await town.clerk("natsuo")
        await again.open(sent)
        try #require(again.has("同じ内容で作り直す"), "\(again.html)")
        await again.post(sent + "/again")
        #expect(again.has("担当になりました。") && again.has("髙﨑 𠮷之助"))
    }

    @Test func `a button pressed twice makes one draft`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        await care.open(sent)
        let form = try #require(Crawl.forms(care.html).first { $0.action == sent + "/correct" })
        let fields = form.fields.map { ($0.name, $0.value) }
        let first = await care.respond(.post, form.action, fields)
        let second = await care.respond(.post, form.action, fields)
        #expect(first.location != nil && first.location == second.location)
        #expect(try await town.town.office(.careOffice).drafts().count == 1)
    }

    @Test func `lines of a list come back as lines, choices as choices`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(
            by: care,
            JourneyTests.liaison + [
                ("/body/purposes", "consult"), ("/body/consultTopics", "serviceMeeting"),
                ("/body/meetingCandidates/0", "2026-11-27T13:30"),
                ("/body/meetingCandidates/1", "2026-11-28T14:00"),
            ]
        )
        try await town.town.settle()
        await care.open(sent)
        await care.post(sent + "/correct")
        let draft = care.path
        #expect(care.has("13:30") && care.has("14:00"), "\(care.html)")
        // Days stand there as people write them.
        for day in ["昭和12年5月3日", "令和8年4月1日", "令和8年11月27日 13:30"] {
            #expect(care.has("value=\"\(day)\""), "\(day)")
        }
        #expect(care.html.firstMatch(of: /value="[12]\d\d\d-\d\d-\d\d/) == nil, "\(care.html)")
        let ground = "record:" + (try #require(care.between("value=\"record:", "\"")))
        await care.post(draft, [("consent", ground), ("next", "check")])
        #expect(care.title.hasPrefix("送信前の確認"), "\(care.html)")
        let id = try #require(draft.split(separator: "/").last)
        await care.open(town.path(.careOffice, "/consents?draft=\(id)"))
        #expect(care.has("value=\"昭和12年5月3日\""))
    }

    /// A sheet that the clinic has opened: each of the two is at its page.
    private func letter() async throws -> (PagesTown, care: Clerk, clinic: Clerk) {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        await care.open(sent)
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        let message = try #require(sent.split(separator: "/").last)
        await clinic.open(town.path(.clinic, "/sheets/\(message)"))
        return (town, care, clinic)
    }

    @Test func `the page of a sheet says who here opened it and took it over`() async throws {
        let (town, care, clinic) = try await letter()
        let (sent, sheet) = (care.path, clinic.path)
        await clinic.post(sheet + "/confirm")
        await clinic.open(sheet)
        let record = try #require(clinic.between("この書類の記録</h2>", "</ul>"))
        for act in ["開封", "受領確認"] { #expect(record.contains("\(act) 辻󠄁本 春香"), "\(record)") }
        // At the other end by the disclosure.
        try await town.town.settle()
        await care.open(sent)
        let strip = try #require(care.between("<ol class=\"strip\"", "</ol>"))
        #expect(strip.components(separatedBy: "辻󠄁本 春香").count == 3, "\(strip)")
    }

    @Test func `a reply without a confirmation claims none`() async throws {
        let (town, care, clinic) = try await letter()
        let (sent, sheet) = (care.path, clinic.path)
        await clinic.open(sheet + "/return")
        await clinic.post(sheet + "/return", [("reason", "wrongPatient")])
        #expect(clinic.title.hasPrefix("送信を受け付けました"), "\(clinic.html)")
        try await town.town.settle()
        await care.open(sent)
        let strip = try #require(care.between("<ol class=\"strip\"", "</ol>"))
        for step in ["到着", "開封", "返信あり"] { #expect(strip.contains("> \(step) "), "\(strip)") }
        #expect(!strip.contains("受領確認"), "\(strip)")
    }

    @Test func `several sheets are printed as one file, each on record`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        _ = try await town.send(by: care)
        try await town.town.settle()
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        let inbox = town.path(.clinic, "/inbox")
        let rows = try await town.town.office(.clinic).inbox(limit: 9)
        await clinic.open(inbox)
        await clinic.post(inbox + "/print", rows.map { ("sheet", $0.key.messageID.text) })
        guard case .bytes(_, type: let type)? = clinic.last?.body else {
            Issue.record("a file comes")
            return
        }
        #expect(type == "application/pdf")
        let entries = try await town.town.office(.clinic)
            .auditEntries(of: nil, message: nil, by: Town.nurse)
        #expect(entries.count { $0.leaf.facts.event == .sheetPrinted } == 2)
        let states = try await town.town.office(.clinic).inbox(limit: 9).map(\.state)
        #expect(states == [.opened, .opened], "printing opens")
        await clinic.open(inbox)
        await clinic.post(inbox + "/print")
        #expect(clinic.path == inbox, "nothing was ticked")
    }
}
