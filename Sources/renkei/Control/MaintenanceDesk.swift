import Gateway
import Primitives
import Staff

/// Takes down what is approved, begun and ended of work on the machine.
struct MaintenanceDesk {
    let gateway: OrganisationGateway

    func answer(_ name: String, _ reader: inout ObjectReader) async throws -> ControlAnswer {
        switch name {
        case "maintenance.approve":
            let plan = try await gateway.approveMaintenance(
                try remark("work", &reader),
                from: try reader.value("from", Timestamp.init(_:)),
                to: try reader.value("to", Timestamp.init(_:)),
                by: try reader.agent()
            )
            return ControlAnswer(["plan": .string(plan.text)])
        case "maintenance.start":
            let plan = try await gateway.startMaintenance(
                try reader.optionalValue("plan", MaintenanceID.init(_:)),
                try remark("work", &reader),
                by: try reader.agent()
            )
            return ControlAnswer(["plan": .string(plan.text)])
        default:
            let plan = try reader.value("plan", MaintenanceID.init(_:))
            let words = try remark("remark", &reader)
            try await gateway.endMaintenance(plan, words, by: try reader.agent())
            return ControlAnswer(["plan": .string(plan.text)])
        }
    }

    private func remark(
        _ name: String,
        _ reader: inout ObjectReader
    ) throws(DecodingRefusal) -> String {
        try reader.value(name) { $0.isRemark ? $0 : nil }
    }
}
