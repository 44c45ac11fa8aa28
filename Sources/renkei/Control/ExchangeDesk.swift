import Audit
import Cryptography
import Delivery
import Directory
import Envelope
import Exchange
import ExchangeAPI
import Primitives
import Storage

/// Answers the calls of an operator's command line.
struct ExchangeDesk: ControlDesk {
    let house: ExchangeHouse

    func answer(_ call: ControlCall) async throws -> ControlAnswer {
        var reader = try ObjectReader(call.json)
        switch call.name {
        case "member.add": return try await addMember(&reader)
        case "member.list": return ControlAnswer(["items": .array(members)])
        case "member.show":
            let member = try reader.value("member", MemberID.init(_:))
            guard let found = members.first(where: { $0["memberId"]?.string == member.text })
            else { throw ExchangeFault.refused(Refusal(.notFound)) }
            return ControlAnswer(try await withTransport(found, member))
        case "member.status": return try await setStatus(&reader)
        case "member.recover": return try await newPaper(&reader) { try await $0.recover($1) }
        case "member.return": return try await newPaper(&reader) { try await $0.readmit($1) }
        case "ca.revoke": return try await revoke(&reader)
        case "ca.crl":
            try await house.node.publishLists()
            return ControlAnswer()
        case "delivery.list": return try await unacknowledged()
        case "delivery.close": return try await close(&reader)
        case "witness.add", "witness.remove":
            let member = try reader.value("member", MemberID.init(_:))
            if call.name == "witness.add" {
                try await house.node.addWitness(member)
            } else {
                try await house.node.removeWitness(member)
            }
            return ControlAnswer([
                "memberId": .string(member.text),
                "quorum": .integer(Int64(house.node.view.policy?.quorum ?? 0)),
            ])
        case "witness.list": return ControlAnswer(["items": .array(try await witnesses())])
        case "audit.verify":
            let kind = try reader.value("tree") { TreeKind(rawValue: $0) }
            let page = try await house.node.auditPage(kind, from: try reader.from)
            return ControlAnswer(page.json, files: page.files)
        case "audit.bundle": return try await auditBundle(&reader)
        case "message.sealed": return try await sealed(&reader)
        case "backup.owner", "backup.sign", "backup.made":
            return try await house.node.answerBackup(call.name, &reader)
        case "retention.plan": return try await retentionPlan()
        case "retention.run":
            try await house.node.forgetEndedYears()
            return try await retentionPlan()
        case "retention.hold":
            try await house.node.hold(
                Int(try reader.integer("fiscalYear")),
                try reader.bool("isHeld"),
                because: try reader.text("reason")
            )
            return try await retentionPlan()
        default: throw ExchangeFault.refused(Refusal(.notFound))
        }
    }

    private func auditBundle(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let period = try reader.period
        let kind = try reader.value("tree") { TreeKind(rawValue: $0) }
        let node = house.node
        guard let policy = node.view.policy, let trust = EvidenceFile.Trust(node.view, of: []),
            let origin = policy.logs.compactMap({ TreeOrigin($0.origin.text) })
                .last(where: { $0.kind == kind })
        else { throw ExchangeFault.refused(Refusal(.notFound)) }
        let range = try await node.auditRange(
            of: period,
            in: kind,
            witnesses: AuditBundle.witnesses(of: origin, in: policy)
        )
        let bundle = range.map { AuditBundle($0, of: period, openings: nil, trust: trust) }
        let answer = try ControlAnswer(bundle)
        try await node.recordExport(of: SHA256.hash(answer.files[0]))
        return answer
    }

    private var members: [JSON] {
        let view = house.node.view
        let now = SystemTime().now
        return view.members.map { member in
            let profile = member.membership.profile
            return [
                "memberId": .string(member.memberID.text),
                "name": .string(profile.displayName),
                "type": .string(profile.organisationType.text),
                "status": .string(member.membership.standing.status.rawValue),
                "connection": .string(member.membership.standing.connection.rawValue),
                "joined": .bool(member.membership.logPublicKey != nil),
                "telephone": view.telephone(of: member.memberID).map { .name($0) },
                "daysLeft": member.daysLeft(in: view, at: now).map { .integer(Int64($0)) },
                "certificates": .array(
                    member.certificates.map { held in
                        held.certificate.json(isRevoked: view.isRevoked(held.certificate, at: now))
                    }
                ),
            ]
        }
    }

    /// With the certificates that the directory does not show.
    private func withTransport(_ member: JSON, _ id: MemberID) async throws -> JSON {
        var shown = member.object ?? JSONObject()
        let transport = try await house.node.transportCertificates(of: id).map {
            $0.certificate.json(isRevoked: $0.isRevoked)
        }
        shown["certificates"] = .array((shown["certificates"]?.array ?? []) + transport)
        return .object(shown)
    }

    private func unacknowledged() async throws -> ControlAnswer {
        let items = try await house.node.unacknowledged()
        return ControlAnswer([
            "items": .array(
                items.map { item in
                    [
                        "messageId": .string(item.key.messageID.text),
                        "from": .string(item.key.from.text),
                        "to": .string(item.to.text),
                        "releasedAt": item.releasedAt.map { .string($0.description) },
                        "expiresAt": .string(item.expiresAt.description),
                        "closableAt": .string(item.closableAt.description),
                    ]
                }
            )
        ])
    }

    private func retentionPlan() async throws -> ControlAnswer {
        let years = try await house.node.retentionPlan().map { year -> JSON in
            [
                "fiscalYear": .integer(Int64(year.fiscalYear)),
                "deliveries": .integer(Int64(year.deliveries)),
                "keptUntil": .string("\(year.keptUntil)-03-31"),
                "isOver": .bool(year.isOver),
                "heldSince": year.retention.heldSince.map { .string($0.description) },
                "destroyedAt": year.retention.destroyedAt.map { .string($0.description) },
            ]
        }
        return ControlAnswer(["years": .array(years)])
    }

    private func close(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let key = MessageKey(
            from: try reader.value("from", MemberID.init(_:)),
            messageID: try reader.value("message", MessageID.init(_:))
        )
        let to = try reader.value("to", MemberID.init(_:))
        let reason = try reader.value("reason", UndeliverableReason.init(rawValue:))
        try await house.node.close(key, to: to, because: reason)
        return ControlAnswer(["messageId": .string(key.messageID.text)])
    }

    private func witnesses() async throws -> [JSON] {
        let view = house.node.view
        return try await house.node.witnessReports().map { report in
            let name = report.witness.memberID
                .flatMap { view.member($0)?.membership.profile.displayName }
            var state = report.cosigned?.size == report.size ? "upToDate" : "behind"
            switch report.trouble {
            case .refuses: state = "refuses"
            case .asksFrom(let size) where size > report.size: state = "hasSeenMore"
            case .asksFrom, nil: break
            }
            return [
                "memberId": .string(report.witness.memberID?.text ?? ""),
                "name": .string(name ?? report.witness.name.text),
                "tree": .string(report.tree.rawValue),
                "size": .integer(Int64(report.size)),
                "cosigned": .integer(Int64(report.cosigned?.size ?? 0)),
                "at": report.cosigned.map { .string($0.at.description) },
                "state": .string(state),
            ]
        }
    }

    private func addMember(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let type = try reader.value("type", OrganisationType.init(_:))
        var profile = MemberProfile(
            displayName: try reader.filled("name"),
            organisationType: type
        )
        if let kana = try reader.optionalLine("kana") { profile.legalNameKana = kana }
        if let area = try reader.optionalLine("area") { profile.area = area }
        if let address = try reader.optionalLine("address") { profile.address = address }
        if let number = try reader.optionalText("number") {
            let kind: OfficeNumber.Kind =
                ["hospital", "clinic", "dentalClinic", "pharmacy"].contains(type.text)
                ? .medicalInstitution : .careOffice
            guard let office = OfficeNumber(kind: kind, value: number) else {
                throw reader.refusal(.badForm, "number")
            }
            profile.officeNumbers = [office]
        }
        let isPaper = try reader.optionalBool("paperOnly") ?? false
        let paper = try await house.node.addMember(
            profile,
            connection: isPaper ? .paper : .gateway,
            verifiedBy: try reader.optionalLine("verifiedBy") ?? "operator"
        )
        if isPaper {
            let fax = try reader.value("fax", TelephoneNumber.init(_:))
            let telephone = try reader.optionalValue("telephone", TelephoneNumber.init(_:))
            try await enter(paper.member, telephone ?? fax, fax: fax)
        }
        let text = JoiningPaperText(url: try url(&reader), paper)
        return ControlAnswer([
            "memberId": .string(paper.member.text),
            "paper": .array(isPaper ? [] : text.lines.map { .string($0) }),
        ])
    }

    /// Where the exchange is found: as the operator says, or under the name in its certificate.
    private func url(_ reader: inout ObjectReader) throws(DecodingRefusal) -> String {
        try reader.optionalText("url") ?? "https://\(house.node.host):8443"
    }

    /// The entry of a member on paper: the registrar says how it is reached.
    private func enter(
        _ member: MemberID,
        _ telephone: TelephoneNumber,
        fax: TelephoneNumber
    ) async throws {
        guard let desk = DeskID("main"), let kind = Department("none") else { return }
        var entry = DirectoryEntry(
            of: member,
            number: 1,
            telephone: telephone,
            desks: [DirectoryDesk(desk, name: "代表窓口", kind: kind)],
            reviewedAt: SystemTime().now.dayInJapan
        )
        entry.fax = fax
        try await house.node.enterOnPaper(entry)
    }

    /// A new paper for one who is a member already.
    private func newPaper(
        _ reader: inout ObjectReader,
        _ make: (ExchangeNode, MemberID) async throws -> JoiningPaper
    ) async throws -> ControlAnswer {
        let member = try reader.value("member", MemberID.init(_:))
        let url = try url(&reader)
        let text = JoiningPaperText(url: url, try await make(house.node, member))
        return ControlAnswer([
            "memberId": .string(member.text), "paper": .array(text.lines.map { .string($0) }),
        ])
    }

    private func setStatus(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let member = try reader.value("member", MemberID.init(_:))
        let status = try reader.value("status", MemberStatus.init(rawValue:))
        try await house.node.setStatus(status, of: member)
        return ControlAnswer(["memberId": .string(member.text), "status": .string(status.rawValue)])
    }

    private func revoke(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let member = try reader.value("member", MemberID.init(_:))
        let sha256 = try reader.value("certificate", Digest.init(hex:))
        try await house.node.revoke(
            sha256,
            of: member,
            since: try reader.optionalValue("since", Timestamp.init(_:)) ?? SystemTime().now,
            reason: try reader.optionalValue("reason", RevocationGround.init(rawValue:))
                ?? .unspecified
        )
        return ControlAnswer(["memberId": .string(member.text)])
    }

    /// A message as it lies here: sealed, and of no use without a recipient's key.
    private func sealed(_ reader: inout ObjectReader) async throws -> ControlAnswer {
        let message = try reader.value("message", MessageID.init(_:))
        let from = try reader.value("from", MemberID.init(_:))
        let key = MessageKey(from: from, messageID: message)
        let body = try await house.store.read { stored throws(StoreError) in
            try stored.sealedBody(of: key)
        }
        guard let body else { throw ExchangeFault.refused(Refusal(.notFound)) }
        return ControlAnswer(["messageId": .string(message.text)], files: [body])
    }
}

extension MemberSummary {
    /// Until the first of the keys in use ends; nil without keys.
    fileprivate func daysLeft(in view: DirectoryView, at now: Timestamp) -> Int? {
        [CertificateRole.memberSigning, .memberEncryption].compactMap { role in
            certificates.map(\.certificate).last { certificate in
                certificate.role == role && !view.isHeld(certificate)
                    && !view.isRevoked(certificate, at: now)
            }?.notAfter
        }.min().map { Int($0.since(now).inMilliseconds / 86_400_000) }
    }
}

extension Certificate {
    fileprivate func json(isRevoked: Bool) -> JSON {
        [
            "role": .string(role?.rawValue ?? ""),
            "sha256": .string(sha256.hex),
            "notAfter": .string(notAfter.description),
            "keyId": .string(keyID.text),
            "revoked": .bool(isRevoked),
            "pem": .string(pem),
        ]
    }
}
