import Paper
import Primitives
import Sheets
import TestKit
import Testing

/// Jobs and answers as bytes.
struct PaperJobTests {
    private static func job() throws -> PaperJob {
        PaperJob(
            [
                try PaperSample.sheet("admission-info-1.json"),
                PaperSample.document(
                    FilledForm(title: "空", margin: 20, rows: []),
                    watermark: "下書き"
                ),
            ],
            madeAt: Printed.time
        )
    }

    @Test func `a job is read back to the same bytes`() throws {
        let bytes = try PaperJobTests.job().bytes
        #expect(try PaperJob(reading: bytes).bytes == bytes)
        #expect("\(try PaperJobTests.job())" == "PaperJob")
    }

    static let broken: [(String, String)] = [
        ("\"version\":1", "\"version\":2"), ("\"margin\":20", "\"margin\":120"),
        ("\"align\":\"left\"", "\"align\":\"up\""), ("\"size\":\"title\"", "\"size\":\"huge\""),
        ("\"frame\":\"thin\"", "\"frame\":\"gold\""), ("\"width\":180", "\"width\":1800"),
        ("\"lines\":3", "\"lines\":300"), ("\"watermark\"", "\"script\""),
        ("\"chosen\":true", "\"chosen\":1"), ("\"printed\":", "\"drawn\":"),
        ("\"footer\":[", "\"footer\":[1,"), ("\"madeAt\":\"2026", "\"madeAt\":\"26"),
    ]

    @Test(arguments: broken)
    func `a job of another form is refused`(_ text: String, _ replacement: String) throws {
        let job = String(decoding: try PaperJobTests.job().bytes, as: UTF8.self)
        let changed = job.replacing(text, with: replacement, maxReplacements: 1)
        try #require(changed != job)
        #expect(throws: PaperRefusal.malformed) {
            try PaperJob(reading: Array(changed.utf8))
        }
        #expect(throws: PaperRefusal.malformed) {
            try PaperAnswer.pdf(PaperAnswer.bytes(Array(changed.utf8)))
        }
    }

    @Test func `a job has one document at least and fifty at most`() throws {
        func bytes(_ count: Int) -> [UInt8] {
            let document = PaperSample.text("一")
            let documents = Array(repeating: document, count: count)
            return PaperJob(documents, madeAt: Printed.time).bytes
        }
        #expect(throws: PaperRefusal.malformed) { try PaperJob(reading: bytes(0)) }
        #expect(try PaperJob(reading: bytes(Limits.paperDocuments)).documents.count == 50)
        #expect(throws: PaperRefusal.tooLarge) {
            try PaperJob(reading: bytes(Limits.paperDocuments + 1))
        }
        let padding = Array(repeating: UInt8(ascii: " "), count: Limits.paperJobBytes)
        let full = bytes(1) + padding.dropLast(bytes(1).count)
        #expect(try PaperJob(reading: full).documents.count == 1)
        #expect(throws: PaperRefusal.tooLarge) { try PaperJob(reading: full + [0x20]) }
    }

    @Test func `answers tell what refused a job`() throws {
        #expect(throws: PaperRefusal.malformed) { try PaperAnswer.pdf(Array("M".utf8)) }
        #expect(throws: PaperRefusal.tooLarge) { try PaperAnswer.pdf(Array("L".utf8)) }
        #expect(throws: PaperRefusal.library("out of memory")) {
            try PaperAnswer.pdf(Array("Cout of memory".utf8))
        }
        #expect(throws: PaperRefusal.workerEnded) { try PaperAnswer.pdf([]) }
        let wide = PaperSample.text("一")
        let document = PaperDocument(
            wide.form,
            heading: "",
            footer: [],
            code: String(repeating: "a", count: 4000)
        )
        let job = PaperJob([document], madeAt: Printed.time)
        #expect(throws: PaperRefusal.library("QRcode_encodeData")) {
            try PaperAnswer.pdf(PaperAnswer.bytes(job.bytes))
        }
    }

    @Test func `a worker names the characters that no font draws`() throws {
        let drawn = ["髙", "﨑", "𠮷", "葛\u{E0100}", "辻\u{E0101}", "㋿", "ｱ", "é"]
        let question = PaperQuestion(drawn + ["\u{10FFFD}", "\u{13000}"])
        let answer = PaperAnswer.bytes(question.bytes)
        #expect(try PaperAnswer.undrawn(answer) == ["\u{10FFFD}", "\u{13000}"])
        #expect(throws: PaperRefusal.workerEnded) { try PaperAnswer.pdf(answer) }
        for bad in ["?", "?{}", "?[1]", "?[\"a\"", "?[\"\\ud800\"]"] {
            #expect(throws: PaperRefusal.malformed) {
                try PaperAnswer.undrawn(PaperAnswer.bytes(Array(bad.utf8)))
            }
        }
        let many = PaperQuestion(Array(repeating: "一", count: PaperQuestion.mostCharacters + 1))
        #expect(many.characters.count == PaperQuestion.mostCharacters)
        let more = "?[" + Array(repeating: "\"一\"", count: 10_001).joined(separator: ",") + "]"
        #expect(throws: PaperRefusal.tooLarge) {
            try PaperAnswer.undrawn(PaperAnswer.bytes(Array(more.utf8)))
        }
        #expect(throws: PaperRefusal.workerEnded) { try PaperAnswer.undrawn(Array("U{".utf8)) }
    }

    @Test func `frames carry their length, and one above the limit is none`() {
        #expect(PaperFrame.framed([7, 8]) == [0, 0, 0, 2, 7, 8])
        #expect(PaperFrame.length([0, 0, 1, 2], atMost: 258) == 258)
        #expect(PaperFrame.length([0, 0, 1, 2], atMost: 257) == nil)
        #expect(PaperFrame.length([0, 0, 1], atMost: 257) == nil)
    }
}
