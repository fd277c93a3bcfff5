/** The case table of grades: what a run makes of a client. */
import { civilWorkingDaysOf } from '../../domain/calendar/counted-days';
import { parametersOn } from '../../domain/parameters';
import {
  GRADES,
  gradeDecision,
  gradeTerms,
  isInRunWindow,
  type GradeDecision,
  type StandingGrade,
} from '../../domain/rating/grade';
import { yesOrNo, type Answer, type CaseLine, type CaseTable } from './case-table';

/** Grades are the same in both channels. */
const CHANNEL = 'SH';

export const gradeTable: CaseTable = {
  name: 'grade',
  given: [
    'run_date',
    'run_kind',
    'account_opened',
    'assets_last_year_cny',
    'assets_this_year_cny',
    'commission_last_year_cny',
    'previous_grade',
    'granted_on',
  ],
  expected: ['in_window', 'decision', 'grade_computed', 'grade_after', 'granted_after', 'stored_grade', 'stored_until'],
  linesPerCase: 'one',
  answer: (lines, { calendars, parameters, gradeStandards }) => {
    const workingDays = civilWorkingDaysOf(calendars);
    return lines.map((line) => {
      const run = { date: line.date('run_date'), kind: line.oneOf('run_kind', ['YEARLY', 'QUARTERLY', 'BOTH']) };
      const terms = gradeTerms(parametersOn(parameters, run.date, CHANNEL));
      const standing = standingIn(line);
      const inWindow = isInRunWindow(run.date, run.kind, workingDays, terms);
      if (!inWindow) return { in_window: 'N', decision: 'RUN_OUTSIDE_WINDOW', ...textOf(standing) };
      const client = {
        accountOpenedOn: line.date('account_opened'),
        assetsLastYearFen: line.amount('assets_last_year_cny'),
        assetsThisYearFen: line.amount('assets_this_year_cny'),
        commissionLastYearFen: line.amount('commission_last_year_cny'),
        standing,
      };
      const decision = gradeDecision(client, run, gradeStandards, terms);
      return { in_window: yesOrNo(inWindow), decision: decision.kind, ...afterOf(decision, standing, run.date) };
    });
  },
};

function standingIn(line: CaseLine): StandingGrade | null {
  const grade = line.orNull('previous_grade', (column) => line.oneOf(column, GRADES));
  return grade === null ? null : { grade, grantedOn: line.date('granted_on') };
}

function afterOf(decision: GradeDecision, standing: StandingGrade | null, runDate: string): Answer {
  switch (decision.kind) {
    case 'NOT_IN_POPULATION':
      return textOf(standing);
    case 'APPLY':
      return { grade_computed: decision.computed, grade_after: decision.computed, granted_after: runDate };
    case 'KEEP':
      return { grade_computed: decision.computed, ...textOf(standing) };
    case 'STORE':
      return {
        grade_computed: decision.computed,
        ...textOf(standing),
        stored_grade: decision.computed,
        stored_until: decision.appliesOn,
      };
  }
}

const textOf = (standing: StandingGrade | null): Answer =>
  standing === null ? {} : { grade_after: standing.grade, granted_after: standing.grantedOn };
