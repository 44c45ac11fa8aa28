import Audit
import Gateway
import HTTP
import Primitives
import Staff
import TestKit
import Testing

@testable import Pages

/// The pages in English: our own words change, what people wrote does not.
struct EnglishTests {
    private static let words = [
        "受信箱": "Inbox", "期間{}から{}まで": "until {2} from {1}", "全 {} 件": "{} in all", "開く": "Open",
    ]
    private static let english = English { words[$0] }

    private static let path = "pages/english.json"

    /// The file that the program brings with it.
    private static func file() throws -> [UInt8] {
        let files = try SheetExamples.catalogueFiles()
        return try #require(files.first { $0.path == path }).bytes
    }

    /// All that forms and lists of codes say, which stays Japanese.
    private static func formWords() throws -> Set<String> {
        var words: Set<String> = []
        func take(_ json: JSON) {
            if let text = json.string { words.formUnion(Crawl.words(text)) }
            json.array?.forEach(take)
            json.object?.members.forEach { take($0.1) }
        }
        for file in try SheetExamples.catalogueFiles() where file.path != path {
            take(try JSON(reading: file.bytes, .strict.within(Limits.contentBytes)))
        }
        return words
    }

    private func spoken(_ html: () -> HTML) -> String {
        English.$spoken.withValue(Self.english) { html().text }
    }

    @Test func `own words are said in English, in whatever order they stand there`() {
        #expect(spoken { "<h1>受信箱</h1>" } == "<h1>Inbox</h1>")
        #expect(spoken { "<p>期間\(1)から\(2)まで</p>" } == "<p>until 2 from 1</p>")
        #expect(spoken { "<p>全 \(7) 件\("!" as HTML)</p>" } == "<p>7 in all!</p>")
        #expect(
            spoken { "<a aria-label=\"開く\" href=\"開く\">開く</a>" }
                == "<a aria-label=\"Open\" href=\"開く\">Open</a>"
        )
        #expect(spoken { "<b>\(own: "受信箱")</b> まだない" } == "<b>Inbox</b> まだない")
        #expect(spoken { "<p>\n  全 \(7)\n 件 </p>" } == "<p>\n  7 in all </p>")
    }

    @Test func `what people wrote stays as it is, whatever it says`() {
        let name = "受信箱"
        #expect(spoken { "<td>\(name)</td>" } == "<td>受信箱</td>")
        #expect(spoken { "<td>\("<script>" + name)</td>" } == "<td>&lt;script&gt;受信箱</td>")
        #expect(("<h1>受信箱</h1>" as HTML).text == "<h1>受信箱</h1>", "it is Japanese otherwise")
    }

    @Test func `a file of other things than words is refused`() {
        for text in ["", "[]", "{\"a\": 1}", "{\"a\": \"b\", \"a\": \"c\"}"] {
            #expect(throws: DecodingRefusal.self) { try English(reading: text.bytes) }
        }
    }

    @Test func `every word of every page has its English`() async throws {
        let file = try English(reading: try Self.file())
        let missing = Lock<Set<String>>([])
        let english = English { key in
            let word = file.word(key)
            let letters = key.unicodeScalars.filter { $0.properties.isAlphabetic }
            // The way back has its own name, and so have the forms.
            let isName = key == "日本語" || key.hasPrefix("医療・介護連携シート")
            if word == nil, !isName, letters.contains(where: { $0.value > 0x7F }) {
                missing.withLock { _ = $0.insert(key) }
            }
            return word
        }
        let (town, people) = try await Self.busyTown(english)
        let forms = try Self.formWords()
        var plain: Set<String> = []
        for (clerk, place) in people {
            clerk.speakEnglish()
            await clerk.open(town.path(place))
            #expect(clerk.title.hasPrefix("Today") && clerk.has("<html lang=\"en\""))
            var crawl = Crawl(clerk)
            await crawl.walk(from: town.path(place))
            #expect(crawl.pages.count > 10)
            for page in crawl.pages {
                for text in Crawl.texts(page.html) where !forms.contains(text) {
                    if file.word(text) != nil { plain.insert("\(text) on \(page.path)") }
                }
            }
        }
        #expect(missing.withLock { $0 }.sorted() == [])
        #expect(plain.sorted() == [], "own words that nobody looked up")
    }

    /// Two organisations where there is some of everything, and people who may see it.
    private static func busyTown(
        _ english: English
    ) async throws -> (PagesTown, [(Clerk, World.Place)]) {
        let all: Set<StaffRole> = [
            .author, .sender, .deskLead, .administrator, .auditor, .operator,
        ]
        let desk = try await DeskTown.make(english: english)
        let town = desk.town
        let today = town.town.time.now.dayInJapan
        let period = try #require(AuditPeriod(from: today, to: today))
        try await desk.clinic.inspect(period, .clear, "見た。", by: Town.nurse)
        let care = try await town.clerk("fuyuki", all)
        _ = try await town.draft(by: care)
        let paper = try await town.draft(by: care)
        await care.open(paper + "/check")
        await care.post(paper + "/paper")
        try #require(care.title.hasPrefix("紙で送る"), "\(care.html)")
        await care.open(town.path(.careOffice, "/people"))
        let folder = try #require(care.link(town.path(.careOffice, "/people/")))
        await care.open(folder + "/disclosure")
        let claim = [("kind", "stop"), ("asker", "person"), ("receivedOn", "\(today)")]
        await care.post(folder + "/disclosure", claim)
        try #require(care.link(folder + "/disclosure/") != nil, "\(care.html)")
        let other = try await desk.clerk("hitoshi", at: [DeskTown.main])
        let lead = try await town.clerk("natsuo", all, at: .clinic, profession: "doctor")
        await lead.open(desk.sheet)
        try #require(lead.status == 200)
        try await town.town.settle()
        return (town, [(care, .careOffice), (other, .clinic), (lead, .clinic)])
    }

    @Test func `what is refused is refused in English`() throws {
        let english = try English(reading: try Self.file())
        let files: [FileRefusal] =
            [
                .noFile, .kindMissing, .unknownEnding, .nameTooLong, .empty, .tooLarge, .tooMany,
                .notText, .cameBetween, .differs(named: .jpeg, is: nil),
            ] + FileKind.allCases.flatMap { [.damaged($0), .differs(named: .pdf, is: $0)] }
        for refusal in files {
            let said = English.$spoken.withValue(english) { refusal.words.text }
            let isJapanese = said.unicodeScalars.contains {
                $0.properties.isIdeographic || (0x3041...0x30FA).contains($0.value)
            }
            #expect(!isJapanese, "\(said)")
        }
    }

    @Test func `anybody changes the language, and it stays`() async throws {
        let town = try await PagesTown.make(
            [.careOffice],
            english: try English(reading: try Self.file())
        )
        let clerk = Clerk(town.pages)
        await clerk.open(town.path(.careOffice, "/signin"))
        #expect(clerk.has("サインイン") && clerk.has("lang=\"en\" hreflang=\"en\">English</a>"))
        await clerk.open(town.path(.careOffice, "/signin") + "?lang=en")
        #expect(clerk.has("Sign in") && clerk.has(">日本語</a>"), "\(clerk.html)")
        await clerk.open(town.path(.careOffice, "/signin") + "?lang=ja")
        #expect(clerk.has("サインイン"))
        for path in ["/o/a\r\nX-Injected: 1", "/o/日本", "/a b"] {
            let response = await clerk.respond(.get, path + "?lang=en")
            #expect(response.status == 303)
            Crawl.check(response, path)
        }
        let odd = await clerk.respond(.get, town.path(.careOffice, "/signin") + "?lang=de")
        #expect(odd.status == 200 && odd.fields.allSatisfy { $0.0 != "Set-Cookie" })
    }
}
