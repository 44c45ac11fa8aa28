import Audit
import Consent
import Delivery
import Directory
import Envelope
import Gateway
import Primitives
import Sheets
import Staff
import Storage

/// Answers the calls of an office's command line.
struct GatewayDesk: ControlDesk {
    let house: GatewayHouse
    private let transfers = Transfers()

    init(house: GatewayHouse) { self.house = house }

    func answer(_ call: ControlCall) async throws -> ControlAnswer {
        var reader = try ObjectReader(call.json)
        let gateway = try house.organisation(try reader.optionalText("org"))
        switch call.name {
        case "attach": return try await attach(gateway, &reader, call.files)
        case "send": return try await send(gateway, &reader, call.files)
        case "withdraw": return try await takeBack(gateway, &reader)
        case "inbox.list": return try await inbox(gateway, &reader)
        case "inbox.open": return try await open(gateway, &reader)
        case "inbox.piece": return try await piece(gateway, &reader)
        case "inbox.confirm": return try await confirm(gateway, &reader)
        case "inbox.return": return try await sendBack(gateway, &reader)
        case "expectations": return ControlAnswer(["items": try await gateway.waitingList()])
        case "outbox.list": return try await outbox(gateway, &reader)
        case "outbox.counts": return ControlAnswer(try await counts(gateway))
        case "track": return try await track(gateway, &reader)
        case "late":
            let late = try await gateway.late(limit: 500)
            return ControlAnswer(["items": .array(late.map { $0.json(gateway) })])
        case "days":
            let days = try await gateway.differingDays()
            return ControlAnswer(["items": .array(days.map(\.json))])
        case "receipts": return try await receipts(gateway, &reader)
        case "evidence": return try await evidence(gateway, &reader)
        case "inbox.print", "certificate":
            return try await PrintDesk(gateway: gateway).answer(call.name, &reader)
        case "consent.add", "consent.list", "consent.withdraw", "consent.form", "consent.form.keep",
            "template.add", "template.list":
            return try await ConsentDesk(gateway: gateway).answer(call.name, &reader, call.files)
        case "org.show": return try organisation(gateway)
        case "directory": return directory(gateway, try reader.optionalText("query"))
        case "directory.status":
            return ControlAnswer([
                "size": .integer(Int64(gateway.directorySize)),
                "waiting": .integer(Int64(gateway.unwitnessedLeaves)),
                "witnesses": .integer(Int64(gateway.view.policy?.witnesses.count ?? 0)),
                "quorum": .integer(Int64(gateway.view.policy?.quorum ?? 0)),
            ])
        case "directory.accept":
            let reason = try reader.filled("reason")
            try await gateway.acceptUnwitnessed(by: try reader.agent(), because: reason)
            return ControlAnswer(["size": .integer(Int64(gateway.directorySize))])
        case "cert.status", "cert.renew", "cert.affected", "cert.review",
            "directory.fingerprint":
            return try await KeysDesk(gateway: gateway).answer(call.name, &reader)
        case let name where name.hasPrefix("user."):
            return try await UserDesk(staff: try await house.staff.desk(of: gateway))
                .answer(name, &reader)
        case "backup.owner", "backup.sign", "backup.made":
            return try await gateway.answerBackup(call.name, &reader)
        case "retention.plan", "retention.complete", "retention.hold", "retention.run",
            "retention.erase":
            return try await RetentionDesk(gateway: gateway).answer(call.name, &reader)
        case "maintenance.approve", "maintenance.start", "maintenance.end":
            return try await MaintenanceDesk(gateway: gateway).answer(call.name, &reader)
        case "directory.show", "desk.list", "desk.add", "desk.change":
            return try await EntryDesk(gateway: gateway).answer(call.name, &reader)
        default:
            return try await AuditDesk(gateway: gateway, house: house).answer(call.name, &reader)
        }
    }

    // MARK: Sending

    /// Takes one piece of an attachment; the answer names the upload it belongs to.
    private func attach(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader,
        _ files: [[UInt8]]
    ) async throws -> ControlAnswer {
        guard let piece = files.first else { throw DecodingRefusal(.missingMember) }
        let name =
            try reader.optionalText("upload")
            ?? transfers.begin(gateway.intake(), of: gateway.member)
        let intake = try transfers.intake(name, of: gateway.member)
        try await intake.take(piece)
        if try reader.bool("isLast") { await intake.end() }
        return ControlAnswer(["upload": .string(name)])
    }

    private func send(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader,
        _ files: [[UInt8]]
    ) async throws -> ControlAnswer {
        guard let sheet = files.first else { throw DecodingRefusal(.missingMember) }
        let upload = try reader.optionalText("upload")
        let intake = try upload.map { try transfers.intake($0, of: gateway.member) }
        var request = SendRequest(sheet: sheet, attachments: await intake?.packed ?? .none)
        request.desk = try reader.optionalValue("desk", DeskID.init(_:))
        request.extracts = try reader.optionalArray("extracts").compactMap(\.string)
            .compactMap { ExtractOrder($0) }
        request.sendsNow = try reader.optionalBool("now") ?? false
        request.idempotencyKey = try reader.optionalText("idempotencyKey")
        request.onlyTo = try reader.optionalText("to")
        let earlier = await gateway.earlier(than: sheet)
        let queued = try await gateway.send(request, by: try reader.agent())
        return ControlAnswer([
            "messageId": .string(queued.messageID.text),
            "state": .string(DeliveryState.queued.rawValue),
            "holdUntil": .string(queued.holdUntil.description),
            "to": .array(queued.recipients.map { .string($0.text) }),
            "extracts": queued.extracts.isEmpty
                ? nil
                : .array(
                    queued.extracts.map {
                        ["messageId": .string($0.messageID.text), "to": .string($0.to.text)]
                    }
                ),
            "warnings": .array(queued.warnings.map { .string($0.rule) }),
            "receptions": try await gateway.receptions(of: queued.messageID),
            // The same word again is the same sending.
            "earlier": earlier.flatMap { $0.message == queued.messageID ? nil : $0.json },
        ])
    }

    private func takeBack(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let message = try reader.value("message", MessageID.init(_:))
        let reason = try reader.optionalValue("reason", RetractionReason.init(rawValue:))
        let agent = try reader.agent()
        let result = try await gateway.withdraw(message, because: reason ?? .other, by: agent)
        return ControlAnswer([
            "messageId": .string(message.text), "withdrawal": .string(result.rawValue),
        ])
    }

    private func outbox(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let rows = try await gateway.outbox(limit: try reader.limit)
        var items: [JSON] = []
        for row in rows {
            var item = row.json().object ?? JSONObject()
            if try await gateway.isReturned(row) { item["returned"] = true }
            items.append(.object(item))
        }
        return ControlAnswer(["items": .array(items)])
    }

    /// How many messages have come as far as each state, by their least advanced copy.
    private func counts(_ gateway: OrganisationGateway) async throws -> JSON {
        var object = JSONObject()
        for (state, count) in try await gateway.outboxCounts() {
            object[state.rawValue] = .integer(Int64(count))
        }
        return .object(object)
    }

    private func track(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let message = try reader.value("message", MessageID.init(_:))
        let course = try await gateway.course(of: message).json(gateway.progress(of: message))
        return ControlAnswer(try await gateway.tracked(message, course))
    }

    // MARK: Receiving

    private func inbox(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let rows = try await gateway.inbox(limit: try reader.limit)
        let withdrawals = try await gateway.withdrawals(of: rows.map(\.key))
        let items = rows.map { $0.json(gateway, withdrawals[$0.key]) }
        return ControlAnswer(["items": .array(items)])
    }

    private func open(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let key = try await gateway.inboxKey(try reader.value("message", MessageID.init(_:)))
        let agent = try reader.agent()
        let permit = try await gateway.permit(key, for: .console(agent))
        let opened = try await gateway.open(permit.reading)
        let reading = Transfers.Reading(
            permit: permit,
            attachments: opened.attachments
        )
        let withdrawal = try await gateway.withdrawals(of: [key])[key]
        let attachments = zip(opened.sheet.attachments, opened.attachments)
        let newest = try await gateway.newestVersion(of: key)
        return ControlAnswer(
            [
                "withdrawal": withdrawal?.json,
                "messageId": .string(key.messageID.text),
                "from": .string(key.from.text),
                "lines": .array(opened.lines.map { .string($0) }),
                "reading": .string(transfers.begin(reading, of: gateway.member)),
                "attachments": .array(
                    attachments.map { listed, received in
                        [
                            "name": .string(listed.name),
                            "pieces": .integer(Int64(received.pieceCount)),
                        ]
                    }
                ),
                "newest": newest.map { .string($0.text) },
            ],
            files: [opened.sheet.bytes]
        )
    }

    /// One piece of an attachment of a sheet that was opened just now. Saving it is on record
    /// before the first one leaves.
    private func piece(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let reading = try transfers.reading(try reader.text("reading"), of: gateway.member)
        let index = Int(try reader.integer("attachment"))
        guard reading.attachments.indices.contains(index) else { throw GatewayError.notFound }
        let piece = Int(try reader.integer("piece"))
        if piece == 0 {
            _ = try await gateway.saved(index, reading.permit.reading)
        }
        let bytes = try await gateway.piece(piece, of: reading.attachments[index])
        return ControlAnswer([:], files: [bytes])
    }

    private func confirm(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let key = try await gateway.inboxKey(try reader.value("message", MessageID.init(_:)))
        let permit = try await gateway.permit(key, for: .console(try reader.agent()))
        let before = try await gateway.rows(of: [key]).received[key]?.state
        let wasSeen = try await gateway.isSeen(key)
        let confirmed = try await gateway.confirm(permit)
        return ControlAnswer([
            "messageId": .string(key.messageID.text),
            "state": confirmed == nil ? "replied" : "confirmed",
            "openedToo": before == .delivered && !wasSeen ? true : nil,
            "confirmedBy": confirmed?.actorName.map { .string($0) },
            "confirmedAt": confirmed.map { .string($0.leaf.at.description) },
        ])
    }

    private func sendBack(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let key = try await gateway.inboxKey(try reader.value("message", MessageID.init(_:)))
        let queued = try await gateway.returnSheet(
            try await gateway.permit(key, for: .console(try reader.agent())),
            because: try reader.value("reason", OrganisationGateway.ReturnReason.init),
            handling: try reader.optionalText("handling")
        )
        return ControlAnswer(["messageId": .string(queued.messageID.text), "state": "queued"])
    }

    // MARK: Proof

    private func receipts(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let key = try await gateway.key(of: try reader.value("message", MessageID.init(_:)))
        let receipts = try await gateway.receipts(of: key)
        return ControlAnswer(
            ["receipts": .array(receipts.map(\.json))],
            files: receipts.map(\.statement.bytes)
        )
    }

    private func evidence(
        _ gateway: OrganisationGateway,
        _ reader: inout ObjectReader
    ) async throws -> ControlAnswer {
        let key = try await gateway.key(of: try reader.value("message", MessageID.init(_:)))
        let file = try await gateway.evidence(
            of: key,
            to: try reader.optionalValue("to", MemberID.init(_:)),
            withContent: !(try reader.optionalBool("withoutContent") ?? false)
        )
        return ControlAnswer(["messageId": .string(key.messageID.text)], files: [file.bytes])
    }

    // MARK: The house

    private func organisation(_ gateway: OrganisationGateway) throws -> ControlAnswer {
        let membership = try gateway.membership()
        return ControlAnswer([
            "memberId": .string(gateway.member.text),
            "name": .string(membership.profile.displayName),
            "type": .string(membership.profile.organisationType.text),
            "status": .string(membership.standing.status.rawValue),
            "telephone": gateway.view.telephone(of: gateway.member).map { .string($0.text) },
        ])
    }

    private func directory(
        _ gateway: OrganisationGateway,
        _ query: String?
    ) -> ControlAnswer {
        let view = gateway.view
        return ControlAnswer([
            "items": .array(
                (query.map { view.find($0) } ?? view.members).map { member in
                    [
                        "memberId": .string(member.memberID.text),
                        "name": .string(member.membership.profile.displayName),
                        "type": .string(member.membership.profile.organisationType.text),
                        "connection": .string(member.membership.standing.connection.rawValue),
                        "status": .string(member.membership.standing.status.rawValue),
                        "officeNumbers": .array(
                            member.membership.profile.officeNumbers.map { .string($0.value) }
                        ),
                        "canReceive": .bool(member.entry != nil),
                        "keyChanged": .bool(!view.unchecked(of: member.memberID).isEmpty),
                    ]
                }
            )
        ])
    }
}

extension ObjectReader {
    /// The acting person of a call: who and in which role, or a refusal.
    mutating func agent() throws(DecodingRefusal) -> Agent {
        Agent(
            .person,
            name: try value("as") { $0.isPersonName ? $0 : nil },
            role: try value("role", RoleCode.init(_:)),
            desk: try optionalValue("actingDesk", DeskID.init(_:)),
            assurance: .none
        )
    }
    /// How many lines of a list are asked for.
    var limit: Int {
        mutating get throws(DecodingRefusal) {
            let limit = try optionalInteger("limit") ?? 200
            guard 1...10_000 ~= limit else { throw DecodingRefusal(.badForm, at: "/limit") }
            return limit
        }
    }
}
