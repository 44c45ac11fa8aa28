package import Consent
package import Cryptography
package import Delivery
package import Directory
package import Envelope
package import Primitives
package import Sheets

/// Sheets between the members of a `World`, and messages made of them as sender's gateway and
/// exchange make them.
package struct Messages: Sendable {
    package let world: World
    package let catalogue: SheetCatalogue

    package init(_ world: World) throws {
        self.world = world
        catalogue = try SheetExamples.catalogue.get()
    }

    /// A sheet of today after an example, with sender and recipients of this world.
    package func sheet(
        _ example: String = "care-liaison-1.json",
        from sender: World.Place = .careOffice,
        to recipients: [World.Place] = [.clinic],
        answering answered: Sheet? = nil,
        edit: (inout JSONObject) -> Void = { _ in }
    ) throws -> Sheet {
        let json = try json(example, from: sender, to: recipients, edit: edit)
        let context = SheetContext(
            today: world.start.dayInJapan,
            answered: answered,
            isTestExchange: true
        )
        return try catalogue.validate(DraftSheet(bytes: json.canonicalBytes), context)
    }

    /// The same without validation.
    package func json(
        _ example: String = "care-liaison-1.json",
        from sender: World.Place = .careOffice,
        to recipients: [World.Place] = [.clinic],
        edit: (inout JSONObject) -> Void = { _ in }
    ) throws -> JSON {
        var sheet = try required(SheetExamples.example(example).json.object)
        sheet["issuedOn"] = .day(world.start.dayInJapan)
        if sheet["replyDueOn"] != nil {
            sheet["replyDueOn"] = .day(world.start.dayInJapan.adding(days: 3))
        }
        var from = try required(sheet["sender"]?.object)
        from["organization"] = world.member(sender).organization
        sheet["sender"] = .object(from)
        sheet["recipients"] = .array(
            recipients.map { ["organization": world.member($0).organization, "purpose": "to"] }
        )
        edit(&sheet)
        return .object(sheet)
    }

    /// The sender's record behind the sheet's consent: it covers what the sheet states.
    package func record(of sheet: Sheet) throws -> ConsentRecord {
        let consent = sheet.consent
        var json: JSONObject = [
            "consentRecordId": .name(try required(consent.recordID)),
            "patientRef": PatientReference(ofPatient: sheet.json["patient"])?.json,
            "status": .code(consent.status),
            "purposes": .texts(consent.purposes.map(\.text)),
            "scopeOrgTypes": .texts(consent.organisationTypes.map(\.text)),
            "scopeOrgs": .texts(consent.officeNumbers),
            "familyMembersConsented": [
                ["name": "架空 花子", "relationship": "daughter", "on": "2025-04-10"]
            ],
            "validFrom": "2025-04-10",
            "method": consent.method.map { .string($0.text) },
            "givenBy": consent.givenBy.map { .string($0.text) },
        ]
        if consent.status == .obtainedFromProxy {
            json["giverRelationship"] = "daughter"
            json["proxyReason"] = "dementia"
        }
        return try ConsentRecord(.object(json))
    }

    package func permit(_ sheet: Sheet, to recipients: [World.Place]) throws -> Permit {
        let records = sheet.consent.recordID == nil ? [] : [try record(of: sheet)]
        let register = ConsentRegister(records: records, heldBy: membership(.careOffice))
        return try register.permit(
            sheet,
            to: recipients.map(recipient),
            under: catalogue.delivery(of: sheet.type)?.terms(of: sheet)
                ?? ConsentTerms(purposes: []),
            at: world.start
        )
    }

    package func recipient(_ place: World.Place) -> Permit.Recipient {
        Permit.Recipient(
            membership: membership(place),
            certificate: world.member(place).encryption.certificate
        )
    }

    package func membership(_ place: World.Place) -> Membership {
        world.exchange.membership(of: world.member(place))
    }

    package func signer(_ place: World.Place) -> Signer {
        let member = world.member(place)
        return Signer(
            store: member.store,
            key: member.signing.key,
            identity: member.signer.identity
        )
    }

    package func frame(
        _ sheet: Sheet,
        from sender: World.Place,
        to recipients: [World.Place],
        seed: UInt64 = 1
    ) -> Signer.Frame {
        let random = SeededRandom(seed: seed)
        return Signer.Frame(
            key: MessageKey(
                from: world.member(sender).id,
                messageID: MessageID.make(at: world.start, random)
            ),
            life: MessageLife(
                createdAt: world.start,
                expiresAt: world.start.adding(.days(3)),
                urgency: sheet.urgency.transport
            ),
            pairs: recipients.map {
                let sequence = Int64(random.number(below: 1 << 40))
                return Manifest.PairLink(
                    member: world.member($0).id,
                    sequence: sequence,
                    previous: nil
                )
            },
            product: Manifest.Product(
                product: "Renkei",
                productVersion: "1.0",
                supportTelephone: "06-0000-0002"
            )
        )
    }

    /// A whole message on its way: sealed, submitted, accepted a second after it was made.
    package func message(
        _ sheet: Sheet,
        from sender: World.Place = .careOffice,
        to recipients: [World.Place] = [.clinic],
        attachments: [[UInt8]] = [],
        seed: UInt64 = 1
    ) async throws -> Message {
        let (packed, chunks) = try Self.packed(attachments, SeededRandom(seed: seed))
        let signed = try await signer(sender).sign(
            try permit(sheet, to: recipients),
            frame(sheet, from: sender, to: recipients, seed: seed),
            attachments: packed
        )
        let envelope = try signed.sealed()
        let offer = SubmissionStatement(
            routing: envelope.routing,
            sealed: envelope.bytes,
            chunks: envelope.chunks
        )
        let submission = try await world.member(sender).signer.sign(offer, at: world.start)
        return Message(
            envelope: envelope,
            chunks: chunks,
            content: signed.contentDER,
            contentSha256: signed.contentSha256,
            submission: submission,
            accepted: try await world.accept(submission, of: envelope.routing)
        )
    }

    /// The attachments as a gateway packs them, with the chunks it keeps.
    package static func packed(
        _ attachments: [[UInt8]],
        _ random: some RandomSource
    ) throws -> (packed: PackedAttachments, chunks: [[UInt8]]) {
        var packer = AttachmentPacker(random: random)
        var chunks: [[UInt8]] = []
        for bytes in attachments {
            for start in stride(from: 0, to: bytes.count, by: Limits.chunkPlainBytes) {
                let end = min(bytes.count, start + Limits.chunkPlainBytes)
                if let sealed = try packer.take(Array(bytes[start..<end])) { chunks.append(sealed) }
            }
            packer.end()
        }
        return (packer.packed, chunks)
    }

    /// What a member's gateway knows when it opens messages `later` than the world's beginning.
    package func context(
        _ place: World.Place = .clinic,
        later: Duration = .minutes(1),
        earlier: [Digest: MessageKey] = [:],
        answered: Sheet? = nil
    ) -> OpeningContext {
        let types = catalogue.types
        var context = OpeningContext(
            receiver: membership(place),
            directory: world.directory,
            catalogue: catalogue,
            now: world.start.adding(later),
            memory: OpeningMemory(
                accepts: { type, version in types.contains(type) && version == "1.0.0" },
                earlier: { earlier[$0] },
                answered: { id, _ in answered?.sheetID == id ? answered : nil }
            )
        )
        context.isTestExchange = true
        return context
    }

    /// All of opening, as a gateway does it.
    package func open(
        _ bytes: Arrival.Bytes,
        chunks: [[UInt8]] = [],
        at place: World.Place = .clinic,
        _ context: OpeningContext? = nil
    ) async throws(OpenRefusal) -> VerifiedSheet {
        let member = world.member(place)
        let arrival = try Arrival(bytes, directory: world.directory)
        let opened = try await OpenedEnvelope(arrival, keys: member.keys, store: member.store)
        let checked = try await opened.checked(context ?? self.context(place))
        return try await checked.verify(try checked.check(chunks))
    }
}

extension CheckedEnvelope {
    /// Finds the sealed chunks by their hash, as an exchange hands them out; none for one that is
    /// not there.
    package func check(_ chunks: [[UInt8]]) throws(OpenRefusal) -> CheckedChunks {
        let byHash = Dictionary(chunks.map { (SHA256.hash($0), $0) }) { first, _ in first }
        var check = chunkCheck()
        for chunk in self.chunks { try check.take(byHash[chunk.sealedSha256] ?? []) }
        return try check.finish()
    }
}

/// One message with everything that travels.
package struct Message: Sendable {
    package let envelope: SealedEnvelope
    /// Sealed, in their order.
    package let chunks: [[UInt8]]
    /// Layer 2.
    package let content: [UInt8]
    package let contentSha256: Digest
    package let submission: SignedStatement
    package let accepted: SignedStatement

    package var routing: Routing { envelope.routing }

    package var bytes: Arrival.Bytes {
        Arrival.Bytes(
            routing: routing.bytes,
            submission: submission.bytes,
            sealed: envelope.bytes,
            accepted: accepted.bytes
        )
    }
}

extension World {
    /// The exchange's receipt, a second after the beginning unless told otherwise.
    package func accept(
        _ submission: SignedStatement,
        of routing: Routing,
        at time: Timestamp? = nil
    ) async throws -> SignedStatement {
        let time = time ?? start.adding(.seconds(1))
        let statement = AcceptedStatement(
            head: ReceiptHead(
                issuer: PartyID(exchange.id),
                message: routing.key,
                previous: submission.sha256,
                at: time,
                logOrigin: exchange.transportOrigin
            ),
            submission: try submission.body(as: SubmissionStatement.self),
            expiresAt: routing.expiresAt
        )
        return try await exchange.receipts.sign(statement, at: time)
    }
}

extension WorldMember {
    /// Encryption keys as a gateway hands them to the opening.
    package var keys: [KeyID: KeyHandle] {
        [encryption.certificate.keyID: encryption.key]
    }

    /// As a sheet names the member.
    package var organization: JSON {
        [
            "name": .string(profile.displayName),
            "type": .string(profile.organisationType.text),
            "officeNo": profile.officeNumbers.first.map { .string($0.value) },
            "phone": "06-0000-0001",
            "address": "架空市幻区まぼろし町一丁目1番1号",
        ]
    }
}
