import Audit
import Cryptography
import Delivery
import Envelope
import Gateway
import HTTP
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import HTTP
@testable import Pages
@testable import Staff

/// Files that are sent with a sheet, from the form to the other side.
struct AttachingTests {
    private typealias Scene = (town: PagesTown, care: Clerk, draft: String)

    /// Somebody before the attachments of a draft that may be sent.
    private func scene() async throws -> Scene {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let draft = try await town.draft(by: care)
        await care.post(draft, [("go", "attachments")])
        try #require(care.path == draft + "/attachments" && care.has("添付はありません"))
        return (town, care, draft)
    }

    private func files(_ scene: Scene) async throws -> [SheetAttachment] {
        let office = scene.town.town.office(.careOffice)
        let draft = try #require(try await office.drafts().first)
        return try await office.files(of: draft.id).listed
    }

    @Test func `what is attached arrives byte for byte, a photograph without its place`()
        async throws
    {
        let scene = try await scene()
        let (town, care, draft) = scene
        await care.attach("C:\\机\\計画.pdf", Files.pdf)
        #expect(care.status == 200 && care.path == draft + "/attachments", "\(care.html)")
        #expect(care.has("<td>計画.pdf</td><td>居宅サービス計画書</td>") && care.has("<td>PDF</td>"))
        await care.attach("玄関.jpg", Files.photograph(), kind: "photo")
        await care.attach("薬.csv", Files.ms932, kind: "medicationNotebook")
        #expect(care.has("（3 件。10 件まで）"))
        let listed = try await files(scene)
        #expect(listed.map(\.sha256) == Self.kept.map { SHA256.hash($0) })
        await care.open(draft)
        #expect(care.has("玄関.jpg（写真、JPEG、") && care.has("添付を加える・外す"))

        await care.open(draft + "/check")
        #expect(care.title.hasPrefix("送信前の確認"), "\(care.html)")
        #expect(care.has("<h2>送る添付</h2>") && care.has("薬.csv（お薬手帳、CSV、1 KB）"))
        await care.post(draft + "/send")
        try await town.town.settle()
        let drafts = try await town.town.office(.careOffice).drafts()
        #expect(drafts.isEmpty && care.path.contains("/sent/"))

        let names = ["attachment-1.pdf", "attachment-2.jpg", "attachment-3.csv"]
        #expect(try await received(by: town) == zip(names, Self.kept).map { [$0.bytes, $1] })
    }

    /// Of four pieces on a line.
    private static let large = Files.pdf + [UInt8](repeating: 0x20, count: 200_000) + Files.pdf

    private static let kept = [Files.pdf, Files.picture(), Files.ms932]

    /// Names and bytes of what the newest sheet at the clinic has with it, as they are saved.
    private func received(by town: PagesTown) async throws -> [[[UInt8]]] {
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        let row = try #require(try await town.town.office(.clinic).inbox(limit: 1).first)
        await clinic.open(town.path(.clinic, "/sheets/\(row.key.messageID)"))
        let links = Crawl.links(clinic.html).filter { $0.contains("/attachments/") }
        var files: [[[UInt8]]] = []
        for link in links {
            let response = await clinic.respond(.get, link)
            guard case .stream(_, let next) = response.body else { continue }
            var bytes: [UInt8] = []
            while let piece = try await next() { bytes += piece }
            let name = response.fields.first { $0.0 == "Content-Disposition" }?.1 ?? ""
            let bare = name.split(separator: "\"").dropFirst().first ?? ""
            files.append([Array(bare.utf8), bytes])
        }
        return files
    }

    private static let refused: [(String, [UInt8], FileRefusal)] = [
        ("計画.pdf", Files.photograph(), .differs(named: .pdf, is: .jpeg)),
        ("計画.pdf", "PK\u{3}\u{4}0123456789".bytes, .differs(named: .pdf, is: nil)),
        ("計画.pdf", Array(Files.pdf.dropLast(8)), .damaged(.pdf)),
        ("計画.txt", Files.png, .differs(named: .text, is: .png)),
        ("計画.txt", [0xFF, 0xFE, 0x41, 0, 0x42, 0, 0x43, 0, 0x44, 0, 0x45, 0, 0x46, 0], .notText),
        ("計画.docx", Files.pdf, .unknownEnding), ("", [], .noFile), ("計画.pdf", [], .empty),
        (String(repeating: "長", count: 117) + ".pdf", Files.pdf, .nameTooLong),
        ("計画.pdf", [UInt8](repeating: 0x20, count: 16), .differs(named: .pdf, is: nil)),
    ]

    @Test func `what is not taken is told with what to do, and nothing is kept`() async throws {
        let scene = try await scene()
        let care = scene.care
        for (name, bytes, refusal) in Self.refused {
            await care.attach(name, bytes)
            #expect(care.status == 400 && care.title.hasPrefix("エラー: "), "\(refusal)")
            #expect(care.has("<a href=\"#file\">\(refusal.words.text)</a>"), "\(refusal)")
            #expect(care.has("id=\"file-wrong\">\(refusal.words.text)</span>"), "\(refusal)")
            #expect(care.has("<option value=\"carePlan\" selected>"), "what was chosen stays")
        }
        await care.attach("計画.pdf", Self.large, kind: "love")
        #expect(care.has(FileRefusal.kindMissing.words.text) && care.unread == 0)
        #expect(try await files(scene).isEmpty)
        // The same page takes the right one.
        await care.attach("計画.pdf", Files.pdf)
        #expect(try await files(scene).count == 1)
    }

    @Test func `a file may have twenty megabytes and not a byte more`() async throws {
        let scene = try await scene()
        let end = "%%EOF\n".bytes
        let rest = Limits.attachedFileBytes - Files.pdf.count - end.count
        let largest = Files.pdf + [UInt8](repeating: 0x20, count: rest) + end
        await scene.care.attach("全部.pdf", largest + [0x20])
        #expect(scene.care.status == 400 && scene.care.has(FileRefusal.tooLarge.words.text))
        #expect(try await files(scene).isEmpty)
        await scene.care.attach("全部.pdf", largest)
        #expect(scene.care.has("<td>20.0 MB</td>"), "\(scene.care.html)")
    }

    @Test func `there are ten at most, and the same again is one`() async throws {
        let scene = try await scene()
        let care = scene.care
        let page = scene.draft + "/attachments"
        for number in 0..<Limits.attachedFiles {
            await care.attach("\(number).txt", "\(number)".bytes)
        }
        #expect(care.has(FileRefusal.tooMany.words.text) && !care.has("type=\"file\""))
        // Another window still has the form.
        let form = FileForm.bytes([
            .init(name: "token", bytes: try #require(care.token).bytes),
            .init(name: "kind", bytes: "photo".bytes),
            .init(name: "file", fileName: "11.txt", bytes: "11".bytes),
        ])
        let more = await care.send(
            .post,
            page,
            [form],
            (FileForm.type, "same-origin", "text/html")
        )
        #expect(more.status == 400 && more.text.contains(FileRefusal.tooMany.words.text))
        #expect(try await files(scene).count == Limits.attachedFiles)
        await care.post(page + "/remove", [("sha256", SHA256.hash("3".bytes).hex)])
        #expect(try await files(scene).map(\.name).contains("3.txt") == false)
        await care.attach("四.txt", "4".bytes, kind: "examResult")
        let listed = try await files(scene)
        #expect(
            listed.count == 9 && listed[3].name == "四.txt" && listed[3].kind.text == "examResult"
        )
    }

    @Test func `a file is taken out, once`() async throws {
        let scene = try await scene()
        let (_, care, draft) = scene
        await care.attach("計画.pdf", Files.pdf)
        await care.attach("薬.csv", Files.ms932)
        let sha256 = SHA256.hash(Files.pdf).hex
        for _ in 0..<2 {
            await care.post(draft + "/attachments/remove", [("sha256", sha256)])
            #expect(care.status == 200 && !care.has("計画.pdf") && care.has("薬.csv"))
        }
        await care.post(draft + "/attachments/remove", [("sha256", "wrong")])
        #expect(care.status == 404)
    }

    /// Two windows, and somebody who writes meanwhile: nothing is in the other's way.
    @Test func `two windows add to the same draft`() async throws {
        let scene = try await scene()
        let (_, care, draft) = scene
        let other = care.beside()
        await other.open(draft + "/attachments")
        await care.attach("一.pdf", Files.pdf)
        let text = care.beside()
        await text.open(draft)
        await text.post(draft, [("/body/message", "書き足し"), ("next", "save")])
        await other.attach("二.csv", Files.ms932)
        #expect(try await files(scene).map(\.name) == ["一.pdf", "二.csv"])
        // What was checked is what goes: an attachment that came after it sends one back.
        await text.open(draft + "/check")
        await care.attach("三.txt", Files.text)
        await text.post(draft + "/send")
        #expect(text.path == draft + "/check" && text.has("三.txt"))
    }

    /// Only where both begin with nothing: from then on each goes on behind the other.
    @Test func `of two first files at once the later is asked for again`() async throws {
        let scene = try await scene()
        let (town, care, draft) = scene
        let other = care.beside()
        await other.open(draft + "/attachments")
        let form = FileForm.bytes([
            .init(name: "token", bytes: try #require(care.token).bytes),
            .init(name: "kind", bytes: "photo".bytes),
            .init(name: "file", fileName: "後.txt", bytes: "2".bytes),
        ])
        let pieces = Lock([Array(form.dropLast(9)), Array(form.suffix(9))][...])
        let request = Request(
            method: .post,
            path: (draft + "/attachments").split(separator: "/").map(String.init),
            query: [],
            fields: Fields([
                ("content-type", FileForm.type), ("sec-fetch-site", "same-origin"),
                ("cookie", "__Host-renkei=" + care.cookie),
            ]),
            identity: nil,
            remoteAddress: "192.0.2.9",
            trace: "00",
            stream: BodyStream {
                let piece = pieces.withLock { $0.popFirst() }
                // The other's comes whole while this one's is on its way.
                if piece?.count == 9 { await other.attach("先.txt", "1".bytes) }
                return piece
            }
        )
        let response = await town.pages.respond(to: request)
        #expect(response.status == 400, "\(response.text)")
        #expect(response.text.contains(FileRefusal.cameBetween.words.text))
        #expect(response.text.contains("<td>先.txt</td>") && !response.text.contains("<td>後.txt"))
    }

    @Test func `a draft that is no more takes nothing`() async throws {
        let scene = try await scene()
        let (town, care, draft) = scene
        await care.attach("計画.pdf", Files.pdf)
        let other = care.beside()
        await other.open(draft + "/discard")
        await other.post(draft + "/discard")
        await care.attach("薬.csv", Files.ms932)
        #expect(care.status == 409 && care.has("保存も送信もされていません"))
        await other.open(town.path(.careOffice, "/new"))
        let token = ("token", try #require(other.token))
        await other.post(draft + "/attachments/remove", [token, ("sha256", "00")])
        #expect(other.status == 404)
        let office = town.town.office(.careOffice)
        let records = try await office.store.read { stored throws(StoreError) in
            try stored.records(.draftFiles)
        }
        #expect(records.isEmpty)
    }

    @Test func `a sheet that must have one says so, and leads there`() async throws {
        let scene = try await scene()
        let (_, care, draft) = scene
        let topics = [("/body/purposes", "consult"), ("/body/consultTopics", "seeAttachment")]
        await care.open(draft)
        await care.post(draft, topics + [("next", "check")])
        #expect(care.title.hasPrefix("エラー: "))
        #expect(care.has("href=\"#attachments\"") && care.has("id=\"attachments\""), "\(care.html)")
        await care.open(draft + "/attachments")
        await care.attach("別紙.pdf", Files.pdf)
        await care.open(draft + "/check")
        #expect(care.title.hasPrefix("送信前の確認"), "\(care.html)")
    }

    // MARK: Who may

    /// Nothing of a form is read beyond its first part where that is not this session's token.
    @Test func `without token nothing more is read`() async throws {
        let scene = try await scene()
        let (_, care, draft) = scene
        let token = try #require(care.token)
        let file = FileForm.Part(name: "file", fileName: "a.pdf", bytes: Self.large)
        let kind = FileForm.Part(name: "kind", bytes: "photo".bytes)
        let other = FileForm.Part(name: "token", bytes: "x".bytes)
        let named = FileForm.Part(name: "token", fileName: "t", bytes: token.bytes)
        for first in [[], [other], [named], [kind, .init(name: "token", bytes: token.bytes)]] {
            await care.open(draft + "/attachments")
            await care.attach(first + [kind, file])
            #expect(care.status == 403 && care.unread == 3, "\(first)")
        }
        let own = FileForm.Part(name: "token", bytes: token.bytes)
        for site in ["cross-site", "same-site", nil] {
            await care.open(draft + "/attachments")
            await care.attach([own, kind, file], site: site)
            #expect(care.status == 403 && care.unread == 4, "\(site ?? "nowhere")")
        }
        // A form that is cut, or goes on: nothing is kept.
        for parts in [[own, kind, file, kind], [own, kind], [own, file], [own, kind, kind]] {
            await care.open(draft + "/attachments")
            await care.attach(parts)
            #expect(care.status == 400)
        }
        #expect(try await files(scene).isEmpty)
    }

    @Test func `a locked screen and an ended session take no file`() async throws {
        let scene = try await scene()
        let (town, care, draft) = scene
        let beside = care.beside()
        await beside.open(draft + "/attachments")
        await care.open(town.path(.careOffice))
        await care.post(town.path(.careOffice, "/lock"))
        await beside.attach("計画.pdf", Self.large)
        #expect(beside.unread == 0, "or a browser would not show the lock")
        #expect(beside.title.hasPrefix("画面ロック") && beside.has("value=\"\(draft)/attachments\""))
        town.town.time.advance(by: .hours(13))
        await beside.open(draft + "/attachments")
        let late = await beside.respond(.post, draft + "/attachments", [("token", "x")])
        #expect(late.leadsToDoor)
        #expect(try await files(scene).isEmpty)
    }

    @Test(arguments: [("same-origin", 0), ("cross-site", 4)])
    func `who is signed out gets to the door, and of another site nothing is read`(
        site: String,
        unread: Int
    ) async throws {
        let scene = try await scene()
        let (town, care, draft) = scene
        let token = try #require(care.token)
        town.town.time.advance(by: .hours(13))
        let parts: [FileForm.Part] = [
            .init(name: "token", bytes: token.bytes), .init(name: "kind", bytes: "carePlan".bytes),
            .init(name: "file", fileName: "計画.pdf", bytes: Self.large),
        ]
        let path = draft + "/attachments"
        await care.attach(parts, site: site)
        #expect(care.unread == unread && care.title.hasPrefix("サインイン"), "\(path)")
        #expect(try await files(scene).isEmpty)
    }

    @Test func `a colleague who looks at the attachments is on record`() async throws {
        let scene = try await scene()
        let (town, care, draft) = scene
        await care.attach("計画.pdf", Files.pdf)
        let other = try await town.clerk("kaori", [.author])
        await other.open(draft + "/attachments")
        #expect(other.has("計画.pdf"))
        let entries = try await town.town.office(.careOffice)
            .auditEntries(of: nil, message: nil, by: Town.careManager)
        #expect(entries.contains { $0.leaf.facts.event == .sheetOpened })
    }

    // MARK: Names, and writing anew

    @Test func `a name is text wherever it is shown`() async throws {
        let scene = try await scene()
        let (town, care, draft) = scene
        await care.attach("\"q7z='1'<q7z>&q7z;\u{202E}.pdf", Files.pdf)
        HostileTests.check(care.html, "attachments")
        #expect(care.has("&lt;q7z&gt;"))
        for path in [draft, draft + "/check"] {
            await care.open(path)
            HostileTests.check(care.html, path)
            #expect(care.has("&lt;q7z&gt;"))
        }
        await care.post(draft + "/send")
        try await town.town.settle()
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        let row = try #require(try await town.town.office(.clinic).inbox(limit: 1).first)
        await clinic.open(town.path(.clinic, "/sheets/\(row.key.messageID)"))
        HostileTests.check(clinic.html, "sheet")
        #expect(clinic.has("&lt;q7z&gt;"))
    }

    @Test func `a correction has the attachments of what it corrects`() async throws {
        let scene = try await scene()
        let (town, care, draft) = scene
        await care.attach("計画.pdf", Files.pdf)
        await care.attach("玄関.jpg", Files.photograph(), kind: "photo")
        await care.open(draft + "/check")
        await care.post(draft + "/send")
        let sent = care.path
        try await town.town.settle()
        await care.open(sent)
        await care.post(sent + "/correct")
        let again = care.path
        // With its attachments it is kept in one commit, or nothing of it.
        let entries = try await town.town.office(.careOffice)
            .auditEntries(of: nil, message: nil, by: Town.careManager)
        let id = try #require(again.split(separator: "/").last)
        let events = entries.map(\.leaf.facts).filter {
            if case .clear(let name) = $0.object.name { name.text.hasPrefix(id) } else { false }
        }
        #expect(events.map(\.event) == [.sheetDrafted])
        #expect(care.has("計画.pdf（居宅サービス計画書、PDF、1 KB）") && care.has("玄関.jpg"), "\(care.html)")
        await care.open(again + "/attachments")
        let sha256 = SHA256.hash(Files.pdf).hex
        await care.post(again + "/attachments/remove", [("sha256", sha256)])
        await care.open(again)
        let ground = "record:" + (try #require(care.between("value=\"record:", "\"")))
        await care.post(again, [("consent", ground), ("next", "check")])
        await care.post(again + "/send")
        try await town.town.settle()
        let expected = [["attachment-1.jpg".bytes, Files.picture()]]
        #expect(try await received(by: town) == expected)
    }
}
