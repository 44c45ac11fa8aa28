import Audit
import Consent
import Directory
import Foundation
import Gateway
import Primitives
import TestKit
import Testing

@testable import Pages

/// C-21: no consent is chosen beforehand; what stands on it shows when and by whom it was taken.
struct ConsentChoiceTests {
    /// What a page that was opened or posted has ticked or chosen by itself.
    private static func chosen(_ html: String) -> Int {
        let body = html.components(separatedBy: "<main").last ?? ""
        return body.components(separatedBy: " checked").count - 1
            + body.components(separatedBy: " selected").count - 1
    }

    private func page(_ rest: String = "") async throws -> (PagesTown, Clerk, String) {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let path = town.path(.careOffice, "/consents")
        await care.open(path)
        try #require(care.status == 200 && care.has("<main"), "\(care.html)")
        return (town, care, path)
    }

    @Test func `nothing is chosen where a consent is recorded, withdrawn or relied on`()
        async throws
    {
        let (town, care, consents) = try await page()
        #expect(Self.chosen(care.html) == 0, "\(care.html)")
        await care.post(consents, JourneyTests.consent)
        let records = try await town.town.office(.careOffice).consentRecords()
        let id = try #require(records.first?.id.text)
        await care.open(consents + "/\(id)/withdraw")
        #expect(care.has("name=\"giver\"") && Self.chosen(care.html) == 0, "\(care.html)")
        await care.open(town.path(.careOffice, "/new"))
        await care.post(town.path(.careOffice, "/new"), [("type", "careLiaison")])
        await care.post(care.path, JourneyTests.liaison + [("next", "save")])
        let grounds = try #require(care.between("<fieldset id=\"grounds\">", "</fieldset>"))
        #expect(grounds.contains("value=\"record:\(id)\"") && !grounds.contains("checked"))
    }

    @Test(arguments: ["givenBy", "method", "purposes", "scopeOrgTypes"])
    func `what was not chosen is asked for, and nothing is recorded`(
        field: String
    ) async throws {
        let (town, care, consents) = try await page()
        await care.post(consents, JourneyTests.consent.filter { $0.0 != field })
        #expect(care.status == 400 && care.has("href=\"#\(field)\""), "\(care.html)")
        #expect(try await town.town.office(.careOffice).consentRecords().isEmpty)
        let entries = try await town.town.office(.careOffice)
            .auditEntries(of: nil, message: nil, by: Town.nurse)
        #expect(!entries.contains { $0.leaf.facts.event == .consentRecorded })
    }

    @Test func `nobody is taken to have withdrawn a consent who was not named`() async throws {
        let (town, care, consents) = try await page()
        await care.post(consents, JourneyTests.consent)
        let office = town.town.office(.careOffice)
        let id = try #require(try await office.consentRecords().first?.id.text)
        let path = consents + "/\(id)/withdraw"
        await care.open(path)
        for (fields, missing) in [
            ([("extent", "whole")], "giver"), ([("giver", "self")], "extent"),
            ([("giver", "self"), ("extent", "part")], "extent"),
        ] {
            await care.post(path, fields)
            #expect(care.status == 400 && care.has("href=\"#\(missing)\""), "\(care.html)")
            #expect(try await office.consentRecords().first?.withdrawal == nil)
        }
        await care.post(path, [("giver", "self"), ("extent", "whole")])
        #expect(try await office.consentRecords().first?.withdrawal?.isWhole == true)
    }

    @Test func `when and by whom it was taken stands where it is chosen and relied on`()
        async throws
    {
        let (town, care, consents) = try await page()
        await care.post(consents, JourneyTests.consent)
        let said = ["髙﨑 𠮷之助", "令和8年4月1日", "辻󠄁本 春香"]
        for words in said { #expect(care.has("<td>\(words)</td>"), "\(words)") }
        let sent = try await town.draft(by: care, to: town.town.office(.clinic).member)
        await care.open(sent)
        let grounds = try #require(care.between("<fieldset id=\"grounds\">", "</fieldset>"))
        for words in said { #expect(grounds.contains(words), "\(words)") }
        await care.open(sent + "/check")
        let ground = try #require(care.between("<h2>同意</h2>", "</p>"), "\(care.html)")
        for words in said { #expect(ground.contains(words), "\(words)") }
    }
}
