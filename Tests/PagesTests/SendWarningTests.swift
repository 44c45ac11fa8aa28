import Directory
import Foundation
import Gateway
import Primitives
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// What is said before a sheet goes; none of it stops it.
struct SendWarningTests {
    /// A liaison sheet about the same person, ready to be sent.
    private func again(_ town: PagesTown, _ care: Clerk) async throws -> String {
        let new = town.path(.careOffice, "/new")
        await care.open(new)
        await care.post(new, [("type", "careLiaison")])
        let draft = care.path
        await care.post(draft, JourneyTests.liaison + [("next", "save")])
        let record = try #require(care.between("value=\"record:", "\""))
        let to = town.town.office(.clinic).member.text
        await care.post(draft, [("to", to), ("consent", "record:" + record), ("next", "check")])
        try #require(care.title.hasPrefix("送信前の確認"), "\(care.html)")
        return draft
    }

    @Test func `the same sheet twice in a day is asked about, and is made a correction`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        let draft = try await again(town, care)
        #expect(care.has("同じ方の同じ書類") && care.has("href=\"\(sent)\""))
        #expect(care.has("別件として送る</button>") && !care.has("送るのは初めてです"))
        await care.post(draft + "/correct")
        #expect(care.path == draft + "/check" && care.has("訂正版として送ります"))
        #expect(care.has("送信する</button>") && !care.has("同じ方の同じ書類"))
        await care.post(draft + "/send")
        #expect(care.title.hasPrefix("送信を受け付けました"), "\(care.html)")
        try await town.town.settle()
        await care.open(sent)
        #expect(care.has("新しい版") || care.has("旧版"))
    }

    @Test func `a correction can be another matter again, and after a day nothing is asked`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        try await town.town.settle()
        let draft = try await again(town, care)
        await care.post(draft + "/correct")
        await care.post(draft + "/correct", [("message", "")])
        #expect(care.has("同じ方の同じ書類"))
        town.town.time.advance(by: .seconds(25 * 3600))
        let later = try await town.clerk("hanako")
        await later.open(draft + "/check")
        #expect(!later.has("同じ方の同じ書類") && later.has("送信する</button>"))
    }

    @Test func `twice is twice in either way, on paper and electronically`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let first = try await town.draft(by: care)
        await care.open(first + "/check")
        #expect(!care.has("同じ方の同じ書類") && care.has("<button>紙で送る</button>"))
        await care.post(first + "/paper")
        let paper = care.path
        let draft = try await again(town, care)
        #expect(care.has("紙で送ることにしています") && care.has("href=\"\(paper)\""))
        #expect(care.has("別件として送る</button>") && care.has("別件として紙で送る</button>"))
        #expect(!care.has("訂正版にする"), "an old version is told by receipts alone")
        await care.post(draft + "/send")
        let sent = care.path
        _ = try await again(town, care)
        #expect(care.has("href=\"\(sent)\""), "the newest of both")
        #expect(care.has("訂正版にする") && care.has("別件として紙で送る</button>"))
    }

    @Test func `a character that no font draws is named with its place and its number`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        let draft = try await again(town, care)
        #expect(!care.has("番号の枠"))
        await care.open(draft)
        await care.post(draft, [("/body/message", "薬\u{13000}が変わりました。"), ("next", "check")])
        #expect(care.has("」の \u{13000}（U+13000） は印刷では番号の枠になります"), "\(care.html)")
        #expect(care.has("別件として送る</button>"))
    }

    @Test func `a new recipient, a closed desk and rare characters are told`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let new = town.path(.careOffice, "/consents")
        await care.open(new)
        await care.post(new, JourneyTests.consent)
        // Sunday.
        while town.town.time.now.dayInJapan.weekday != 0 {
            town.town.time.advance(by: .seconds(24 * 3600))
        }
        let other = try await town.clerk("hanako")
        _ = try await again(town, other)
        let number = town.town.office(.clinic).view.member(town.town.office(.clinic).member)?
            .membership.profile.officeNumbers.first?.value
        let end = try #require(number).suffix(4)
        #expect(other.has("送るのは初めてです") && other.has("<b>\(end)</b>"))
        // Nobody knows whether somebody is there who has stated no hours.
        #expect(other.has("受付時間は登録されていません") && !other.has("受付時間外です"))
        let open = OpenTimes(
            [.mon, .tue, .wed, .thu, .fri],
            from: try #require(TimeOfDay("08:30")),
            to: try #require(TimeOfDay("17:15"))
        )
        let hours = OfficeHours(try #require(open), holidays: false)
        try await town.town.office(.clinic).changeDesk(try #require(DeskID("main")), by: Town.nurse)
        { desk in
            desk.hours = [hours]
        }
        try await town.town.settle()
        _ = try await again(town, other)
        #expect(other.has("受付時間外です") && other.has("次に開くのは"))
        #expect(other.has("「氏名／患者氏名／ご利用者」の 𠮷 → 吉"))
        #expect(other.has("送信する</button>"))
    }
}
