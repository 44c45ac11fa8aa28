import Foundation
import Primitives
import Testing

/// Exchange and four organisations as processes of their own, from the draft to the reply.
@Suite struct DemoTests {
    @Test func `every type of sheet is delivered, with every receipt proved`() async throws {
        let deliveries = try await DemoRun.left().deliveries()
        #expect(deliveries.count == 10)
        #expect(
            Set(deliveries.compactMap { $0["sheetType"]?.string }) == [
                "admissionInfo", "admissionAck", "careLiaison", "careLiaisonReply",
                "referredPatientStatus", "outcomeRequest", "patientOutcomeReply",
            ]
        )
        let course = ["queued", "accepted", "delivered", "opened", "confirmed"]
        for delivery in deliveries {
            let states = delivery["states"]?.array?.compactMap(\.string) ?? []
            #expect(states == course || states == course + ["replied"])
            let receipts = delivery["receipts"]?.array ?? []
            #expect(receipts.compactMap { $0["type"]?.string } == Array(course.dropFirst()))
            #expect(receipts.allSatisfy { $0["proved"]?.bool == true })
            #expect(Set(receipts.compactMap { $0["sha256"]?.string }).count == receipts.count)
        }
    }

    @Test func `what was asked for an answer is replied to`() async throws {
        let replied = try await DemoRun.left().deliveries().filter { delivery in
            delivery["states"]?.array?.last?.string == "replied"
        }
        let types = Set(replied.compactMap { $0["sheetType"]?.string })
        #expect(types.isSuperset(of: ["admissionInfo", "careLiaison", "outcomeRequest"]))
    }

    @Test func `stock openssl opens what lay at the exchange`() async throws {
        let run = try await DemoRun.left()
        let names = try await Terminal.shell(
            """
            openssl cms -decrypt -inform DER -in sealed.der \
              -inkey hospital-encryption.key.pem -recip hospital-encryption.cert.pem \
            | openssl cms -verify -inform DER -CAfile trust/root.pem | tar tf -
            """,
            in: run.folder
        )
        #expect(names.exitCode == 0, "\(names.talk)")
        #expect(names.lines.starts(with: ["manifest.json", "routing.json", "sheet.json"]))
    }

    @Test func `sheet and certificate are left as pages for paper`() async throws {
        let run = try await DemoRun.left()
        let sheet = try await Terminal.shell("pdftotext -raw admission-info.pdf -", in: run.folder)
        #expect(sheet.exitCode == 0, "\(sheet.talk)")
        for word in ["入院時情報提供書", "髙﨑 𠮷之助", "タカサキ キチノスケ", "様式に欄のない記載事項", "潮見 薫"] {
            #expect(sheet.output.contains(word), "\(word)")
        }
        let facts = try await Terminal.shell("pdfinfo certificate.pdf", in: run.folder)
        #expect(facts.output.contains("(A4)") && facts.output.contains("Pages:           1"))
        let text = try await Terminal.shell("pdftotext -raw certificate.pdf -", in: run.folder)
        let delivery = try #require(try run.deliveries().first)
        let words =
            ["到着証明書", "架空橋ケアプランセンター", "9970100013", "架空記念病院", "潮見 薫", "受領確認"]
            + [delivery["messageId"]?.string ?? "-"]
        for word in words { #expect(text.output.contains(word), "\(word)") }
        for word in ["髙﨑", "徐脈"] { #expect(!text.output.contains(word)) }
        // Who may read the folder may not read these.
        let modes = try await Terminal.shell("stat -c %a *.pdf", in: run.folder)
        #expect(modes.lines == ["600", "600"])
    }

    @Test func `the content does not open with another organisation's key`() async throws {
        let run = try await DemoRun.left()
        let opened = try await Terminal.shell(
            """
            openssl ecparam -name prime256v1 -genkey -noout -out other.pem
            openssl cms -decrypt -inform DER -in sealed.der -inkey other.pem -out opened
            """,
            in: run.folder
        )
        #expect(opened.exitCode != 0)
    }

    @Test(arguments: [
        "髙﨑 𠮷之助", "タカサキ キチノスケ", "06-0000-8801", "9900000088", "辻󠄁本 春香", "潮見 薫",
        "徐脈", "ペースメーカー",
    ])
    func `no disk and no log holds a person or a diagnosis`(_ words: String) async throws {
        let run = try await DemoRun.left()
        let found = try await Terminal.run([
            "/bin/grep", "-raFl", "-e", words, run.room.path("out/exchange"),
            run.room.path("out/gateways"), run.room.path("out/logs"),
        ])
        #expect(found.exitCode == 1, "\(found.output)\(found.talk)")
    }

    @Test func `logs are JSON lines of known members only`() async throws {
        let run = try await DemoRun.left()
        let known: Set<String> = [
            "advice", "bytes", "code", "event", "ms", "org", "organisations", "pages", "peer",
            "port", "route", "status", "temporary", "time", "trace",
        ]
        for name in ["exchange", "care", "clinic", "hospital", "room"] {
            let lines = try run.room.text("out/logs/\(name).log").split(separator: "\n")
            #expect(!lines.isEmpty)
            for line in lines {
                let json = try JSON(reading: Array(line.utf8))
                let names = Set(try #require(json.object).names)
                #expect(names.isSubset(of: known), "\(line)")
            }
        }
    }

    @Test func `nothing of the play is left running or lying about`() async throws {
        let run = try await DemoRun.left()
        let first = try #require(run.outcome.lines.first)
        let folder = try #require(first.split(separator: " ").last.map(String.init))
        #expect(folder.hasPrefix("/tmp/renkei-demo-"))
        #expect(!FileManager.default.fileExists(atPath: folder))
        let running = try await Terminal.run(["/usr/bin/pgrep", "-f", "[/]" + folder.dropFirst()])
        #expect(running.output.isEmpty)
    }

    @Test func `without a folder for the results a check is refused`() async throws {
        let outcome = try await Terminal.renkei("demo", "--check")
        #expect(outcome.exitCode == 2)
    }
}
