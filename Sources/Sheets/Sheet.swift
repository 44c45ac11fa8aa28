package import Primitives

/// A sheet that fits its schema and all its rules, made only by `SheetCatalogue.validate`.
package struct Sheet: Sendable, CustomStringConvertible {
    /// The canonical form (RFC 8785): what is hashed, signed and kept.
    package let bytes: [UInt8]
    package let json: JSON
    package let type: SheetType
    package let schemaVersion: String
    package let sheetID: SheetID
    package let threadID: ThreadID
    /// The sheet this one answers.
    package let inReplyTo: SheetID?
    /// The sheet this one corrects.
    package let supersedes: SheetID?
    /// 抜粋: what it leaves out of another sheet.
    package let extract: SheetExtract?
    package let issuedOn: Day
    package let urgency: SheetUrgency
    /// 返信ください: a promise with a clock.
    package let wantsReply: Bool
    package let replyDueOn: Day?
    package let sender: SheetParty
    package let recipients: [SheetParty]
    package let consent: ConsentStatement
    package let attachments: [SheetAttachment]
    package let warnings: [SheetWarning]

    package var description: String { "Sheet \(type)" }
}

/// What a sheet says of one attachment; the file itself travels beside it.
package struct SheetAttachment: Sendable, CustomStringConvertible {
    package let name: String
    package let mediaType: String
    package let byteLength: Int
    /// Of the plain bytes.
    package let sha256: Digest
    package let kind: AttachmentKind

    package var description: String { "SheetAttachment" }

    package init(
        name: String,
        mediaType: String,
        byteLength: Int,
        sha256: Digest,
        kind: AttachmentKind
    ) {
        self.name = name
        self.mediaType = mediaType
        self.byteLength = byteLength
        self.sha256 = sha256
        self.kind = kind
    }
}

extension Sheet {
    /// Nil only where the schemas of the catalogue allow what the common part forbids.
    init?(_ json: JSON, warnings: [SheetWarning]) {
        func value<Value>(_ name: String, _ make: (String) -> Value?) -> Value? {
            json[name]?.string.flatMap(make)
        }
        guard let type = value("sheetType", SheetType.init),
            let schemaVersion = json["schemaVersion"]?.string,
            let sheetID = value("sheetId", SheetID.init),
            let threadID = value("threadId", ThreadID.init),
            let issuedOn = value("issuedOn", Day.init),
            let urgency = value("urgency", SheetUrgency.init(rawValue:)),
            let sender = json["sender"].flatMap(SheetParty.init(sender:)),
            let consent = json["consent"].flatMap(ConsentStatement.init)
        else { return nil }
        let recipients = (json["recipients"]?.array ?? []).map(SheetParty.init(recipient:))
        let attachments = (json["attachments"]?.array ?? []).map(SheetAttachment.init)
        guard recipients.allSatisfy({ $0 != nil }), attachments.allSatisfy({ $0 != nil })
        else { return nil }
        bytes = json.canonicalBytes
        self.json = json
        self.type = type
        self.schemaVersion = schemaVersion
        self.sheetID = sheetID
        self.threadID = threadID
        inReplyTo = value("inReplyTo", SheetID.init)
        supersedes = value("supersedes", SheetID.init)
        extract = json["extract"].flatMap(SheetExtract.init)
        self.issuedOn = issuedOn
        self.urgency = urgency
        wantsReply = json["replyExpectation"]?.string == "replyRequested"
        replyDueOn = value("replyDueOn", Day.init)
        self.sender = sender
        self.recipients = recipients.compactMap(\.self)
        self.consent = consent
        self.attachments = attachments.compactMap(\.self)
        self.warnings = warnings
    }
}

extension SheetAttachment {
    package var json: JSON {
        [
            "name": .string(name), "mediaType": .string(mediaType),
            "byteLength": .integer(Int64(byteLength)), "sha256": .string(sha256.hex),
            "kind": .string(kind.text),
        ]
    }

    /// nil where a member is missing or of another form.
    package init?(_ json: JSON) {
        guard let name = json["name"]?.string, let mediaType = json["mediaType"]?.string,
            let byteLength = json["byteLength"]?.integer,
            let sha256 = json["sha256"]?.string.flatMap(Digest.init(hex:)),
            let kind = json["kind"]?.string
        else { return nil }
        self.name = name
        self.mediaType = mediaType
        self.byteLength = Int(byteLength)
        self.sha256 = sha256
        self.kind = AttachmentKind(kind)
    }
}
