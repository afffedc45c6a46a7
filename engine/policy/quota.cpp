// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/quota.h"

#include "engine/base/text.h"
#include "engine/policy/window.h"
#include "engine/policy/zone.h"

#include <algorithm>

namespace postroom::policy {

namespace {

TimePoint hourEnd(TimePoint at) {
    return std::chrono::floor<std::chrono::hours>(at) + std::chrono::hours{1};
}

}  // namespace

std::string hourName(TimePoint at) {
    return "h" + toUtf8(localTime(at, zoneNamed({})).toString(QStringLiteral("yyyy-MM-ddTHH")));
}

std::optional<std::int64_t> dailyLimit(const Limits& limits, const std::string& day) {
    const contract::WarmupStep* inForce = nullptr;
    for (const contract::WarmupStep& step : limits.warmup)
        if (step.from <= day) inForce = &step;
    if (!inForce || !inForce->dailyLimit) return limits.daily;
    return std::min(limits.daily.value_or(*inForce->dailyLimit), *inForce->dailyLimit);
}

Quota quotaOf(const Limits& limits, TimePoint now) {
    Quota quota;
    quota.beganAt = now;
    quota.day = windowName(now, limits.zone);
    quota.daily = dailyLimit(limits, quota.day);
    const TimePoint dayEndsAt = quota.endsAt = windowEnd(now, limits.zone);
    if (quota.daily && !limits.rolling) {
        quota.counters.push_back(quota.day);
        quota.caps.push_back({quota.day, quota.day, *quota.daily, "account.daily_limit", dayEndsAt});
    }
    if (limits.hourly || (quota.daily && limits.rolling)) {
        const std::string hour = hourName(now);
        const TimePoint hourEndsAt = hourEnd(now);
        quota.counters.push_back(hour);
        quota.endsAt = std::min(dayEndsAt, hourEndsAt);
        if (limits.hourly) quota.caps.push_back({hour, hour, *limits.hourly, "account.hourly_limit", hourEndsAt});
        if (quota.daily && limits.rolling)
            quota.caps.push_back(
                {hourName(now - std::chrono::hours{24}), hour, *quota.daily, "account.daily_limit", hourEndsAt});
    }
    return quota;
}

}  // namespace postroom::policy
