import Gateway
import HTTP
import Primitives
import Staff

/// How many sheets nobody has opened, beside 受信箱 on every page. The script asks again once a
/// minute; without it the next page tells.
enum Unopened {
    static func add(to router: inout Router, _ door: Door) {
        door.watch("/unopened", to: &router) { visit, _ async throws(PageRefusal) in
            try await visit.demand(.readSheets)
            let count = try await visit.ask { gateway throws(GatewayError) in
                try await gateway.unopened(within: visit.ownDesks)
            }
            return .json(["unopened": .integer(Int64(count))])
        }
    }

    static func mark(_ visit: Visit) -> HTML {
        guard let count = visit.unopened else { return .nothing }
        let hidden: HTML = count == 0 ? " hidden" : .nothing
        return """
             <span id="unopened" class="count" aria-live="polite" \
            data-from="\(visit.path("/unopened"))"\(hidden)>未開封 \(count)</span>
            """
    }
}
