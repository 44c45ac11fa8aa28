import Delivery
import Directory
import Primitives
import Sheets
import TestKit
import Testing

@testable import Gateway

/// 開示: which sheets of a person the person is told of.
struct DisclosureReviewTests {
    private static let random = SeededRandom(seed: 33)
    private static let start = Timestamp(milliseconds: 1_774_000_000_000)
    private static let member = MemberID.make(random)

    /// A sheet, and one that names it as what it answers or corrects.
    private func sheets(_ naming: String) throws -> [DisclosureSheet] {
        let first = try sheet { sheet in
            sheet["consent"] = [
                "status": "legalException", "statement": "提供します。",
                "legalBasis": "高齢者虐待防止法7条", "scopePurposes": ["careCoordination"],
            ]
        }
        let second = try sheet { $0[naming] = .name(first.sheet.sheetID) }
        let third = try sheet { $0["inReplyTo"] = .name(second.sheet.sheetID) }
        return [third, first, second, try sheet { _ in }]
    }

    private func sheet(_ change: (inout JSONObject) -> Void) throws -> DisclosureSheet {
        var json = try #require(SheetExamples.example("care-liaison-1.json").json.object)
        json["sheetId"] = .name(SheetID.make(Self.random))
        change(&json)
        let catalogue = try SheetExamples.catalogue.get()
        let sheet = try #require(catalogue.stored(JSON.object(json).canonicalBytes))
        let message = MessageID.make(at: Self.start, Self.random)
        return DisclosureSheet(
            key: MessageKey(from: Self.member, messageID: message),
            sheet: sheet,
            at: Self.start,
            peers: [],
            way: .sent,
            isUnopened: false,
            parts: catalogue.heldParts(of: sheet),
            releases: []
        )
    }

    private func review(_ sheets: [DisclosureSheet]) -> DisclosureReview {
        let claim = DisclosureClaim(.disclosure, proxy: nil, receivedOn: Self.start.dayInJapan)
        let request = DisclosureRequest(
            id: 0,
            claim: claim,
            recordedAt: Self.start,
            account: nil,
            recordedBy: ""
        )
        return DisclosureReview(request: request, sheets: sheets)
    }

    /// C-13: an answer or a correction would tell that there is something to answer or correct.
    @Test(arguments: ["inReplyTo", "supersedes"])
    func `what answers or corrects a hidden sheet is hidden with it`(naming: String) throws {
        let known = try sheets(naming).hidingWhatTells()
        #expect(known.map(\.isListed) == [false, false, false, true])
        #expect(review(known).listed.map(\.key) == [known[3].key])
        #expect(known.allSatisfy { $0.held == $0.parts })
    }

    /// A correction that is held back whole tells why the version before it was not.
    @Test func `an earlier version is held back with the later one, and what tells of either`()
        throws
    {
        let first = try sheet { _ in }
        let legal: JSON = [
            "status": "legalException", "statement": "提供します。",
            "legalBasis": "高齢者虐待防止法7条", "scopePurposes": ["careCoordination"],
        ]
        let second = try sheet { sheet in
            sheet["supersedes"] = .name(first.sheet.sheetID)
            sheet["consent"] = legal
        }
        let answer = try sheet { $0["inReplyTo"] = .name(first.sheet.sheetID) }
        let extract = try sheet { sheet in
            sheet["attachments"] = nil
            sheet["extract"] = [
                "of": .name(second.sheet.sheetID), "removed": ["/attachments"],
                "heldBy": ["幻町内科クリニック"],
            ]
        }
        // An answer that was sealed again stands there twice.
        let known = [first, answer, answer, extract, second].hidingWhatTells()
        #expect(known.allSatisfy { !$0.isListed })
    }

    @Test func `more sheets than go into one file are several volumes`() throws {
        let one = try sheet { _ in }
        let most = Limits.paperDocuments - 2
        #expect(review([]).volumes.isEmpty)
        for (count, sizes) in [(1, [1]), (most, [most]), (most + 1, [most, 1])] {
            let volumes = review(Array(repeating: one, count: count)).volumes
            #expect(volumes.map(\.count) == sizes)
        }
    }
}
