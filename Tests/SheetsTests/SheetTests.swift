import Primitives
import Sheets
import TestKit
import Testing

/// What a valid sheet offers.
struct SheetTests {
    static let valid = ExampleTests.names.filter { !$0.hasPrefix("invalid-") }

    @Test func `the common part is typed`() throws {
        let sheet = try SheetExamples.sheet("admission-info-1.json")
        #expect(sheet.type.text == "admissionInfo" && sheet.schemaVersion == "1.0.0")
        #expect(sheet.sheetID == sheet.threadID && sheet.inReplyTo == nil)
        #expect(sheet.issuedOn == Day("2026-02-16") && sheet.urgency == .sameDay)
        #expect(!sheet.wantsReply && sheet.replyDueOn == nil)
        #expect(sheet.sender.type == .homeCareSupport && sheet.sender.officeNumber == "9970100013")
        #expect(sheet.sender.name.hasSameBytes(as: "架空橋ケアプランセンター"))
        #expect(sheet.recipients.map(\.type) == [.hospital])
        #expect(sheet.recipients.map(\.purpose) == [.to])
        #expect(sheet.recipients.first?.department == "地域医療連携室")
        #expect(sheet.consent.status == .obtained && sheet.consent.familyInfoConsent)
        #expect(sheet.consent.method == ConsentMethod("contractBlanket"))
        #expect(sheet.consent.obtainedOn == Day("2025-04-10"))
        #expect(sheet.consent.recordID?.text == "f76aed66-927f-5393-8cb7-e41aee1e3714")
        #expect(sheet.consent.covers(.hospital, officeNumber: nil))
        #expect(!sheet.consent.covers(OrganisationType("wardOffice"), officeNumber: "9910100115"))
        #expect(sheet.attachments.map(\.byteLength) == [182_044, 611_200])
        #expect(sheet.attachments.first?.sha256.hex.hasSuffix("01") == true)
        #expect(sheet.warnings.map(\.rule) == ["W-TESTNUMBER"])
    }

    @Test func `a reply names what it answers`() throws {
        let question = try SheetExamples.sheet("care-liaison-1.json")
        let reply = try SheetExamples.sheet("care-liaison-reply-1.json")
        #expect(question.wantsReply && question.replyDueOn == Day("2026-01-22"))
        #expect(reply.inReplyTo == question.sheetID && reply.threadID == question.threadID)
        #expect(reply.sender.isSameOrganisation(as: question.recipients[0]))
        #expect(!reply.sender.isSameOrganisation(as: question.sender))
        let catalogue = try SheetExamples.catalogue.get()
        #expect(catalogue.delivery(of: reply.type)?.isReply == true)
        #expect(catalogue.delivery(of: question.type)?.isReply == false)
        #expect(catalogue.delivery(of: question.type)?.isClosed(by: reply) == true)
        #expect(catalogue.delivery(of: question.type)?.isClosed(by: question) == false)
    }

    @Test(arguments: [("decided", false), ("done", true)])
    func `an outcome closes the referral only when it is done`(
        _ stage: String,
        _ closes: Bool
    )
        throws
    {
        let example = try SheetExamples.example("patient-outcome-reply-1.json")
        let catalogue = try SheetExamples.catalogue.get()
        let json = example.json.editing(["body", "outcomeStage"], .string(stage))
        let reply = try catalogue.validate(
            DraftSheet(bytes: json.canonicalBytes),
            example.context()
        )
        let referral = try SheetExamples.sheet("referred-patient-status-1.json")
        #expect(catalogue.delivery(of: referral.type)?.isClosed(by: reply) == closes)
    }

    @Test(arguments: [("sameDay", ["admission"]), ("emergency", ["admission", "emergency"])])
    func `the purposes depend on the urgency`(_ urgency: String, _ purposes: [String]) throws {
        let example = try SheetExamples.example("admission-info-1.json")
        let catalogue = try SheetExamples.catalogue.get()
        let json = example.json.editing(["urgency"], .string(urgency))
        let sheet = try catalogue.validate(
            DraftSheet(bytes: json.canonicalBytes),
            example.context()
        )
        let rules = try #require(catalogue.delivery(of: sheet.type))
        #expect(rules.purposes(of: sheet).map(\.text) == purposes)
    }

    @Test(arguments: valid)
    func `the canonical bytes are kept and read back to the same sheet`(_ name: String) throws {
        let sheet = try SheetExamples.sheet(name)
        let example = try SheetExamples.example(name)
        #expect(sheet.bytes == example.json.canonicalBytes)
        let again = try SheetExamples.catalogue.get().validate(
            DraftSheet(bytes: sheet.bytes),
            example.context()
        )
        #expect(again.bytes == sheet.bytes)
    }

    @Test(arguments: valid)
    func `the text of a sheet leaves no value out`(_ name: String) throws {
        let sheet = try SheetExamples.sheet(name)
        let text = try SheetExamples.catalogue.get().text(of: sheet).joined(separator: "\n")
        for word in SheetTests.freeTexts(sheet.json["body"] ?? .null, name: "") {
            for line in word.split(separator: "\n") { #expect(text.contains(line)) }
        }
        for place in ["/patient/fullName", "/patient/insuredNumber", "/sheetId", "/threadId"] {
            let value = sheet.json[pointer: try #require(JSONPointer(place))]?.string
            #expect(value.map { text.contains($0) } ?? true)
        }
        for recipient in sheet.recipients { #expect(text.contains(recipient.name)) }
        for attachment in sheet.attachments { #expect(text.contains(attachment.name)) }
    }

    /// Texts with a Japanese letter: what people wrote, not codes or dates.
    private static func freeTexts(_ json: JSON, name: String) -> [String] {
        switch json {
        case .string(let text): text.unicodeScalars.contains { $0.value > 0x3000 } ? [text] : []
        case .array(let elements): elements.flatMap { freeTexts($0, name: name) }
        case .object(let object): object.members.flatMap { freeTexts($0.value, name: $0.name) }
        case .null, .bool, .integer, .number: []
        }
    }

    @Test func `an invalid sheet tells all its problems and no content`() throws {
        let example = try SheetExamples.example("invalid-none-with-other-choice.json")
        let error = #expect(throws: InvalidSheet.self) {
            try SheetExamples.catalogue.get().validate(example.draft, example.context())
        }
        #expect(error?.problems.map(\.rule) == ["E-RULE:X7"])
        #expect(error?.summary == "The sheet breaks 1 rules: E-RULE:X7.")
        #expect(error?.advice.isEmpty == false && error?.isTemporary == false)
    }

    @Test func `content types print nothing of their content`() throws {
        let sheet = try SheetExamples.sheet("admission-info-1.json")
        let example = try SheetExamples.example("admission-info-1.json")
        let report = try SheetExamples.catalogue.get().report(example.draft, example.context())
        let printed = [
            "\(sheet)", "\(sheet.sender)", "\(sheet.consent)", "\(sheet.attachments)",
            "\(example.draft)", "\(try example.context())", "\(report)", "\(report.warnings)",
        ].joined()
        #expect(printed.unicodeScalars.allSatisfy { $0.isASCII })
        #expect(!printed.contains("9970100013"))
    }
}
