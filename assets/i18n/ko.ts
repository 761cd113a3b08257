<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About CRNN Debugger</source>
        <translation>CRNN Debugger 정보</translation>
    </message>
    <message>
        <source>A CRNN with CTC, in NumPy alone, learning to read Korean handwriting: stop it, step it, run it backwards. Every step of a run can be shown again, bit for bit.</source>
        <translation>NumPy만으로 만든 CRNN과 CTC가 한글 손글씨를 배웁니다. 멈추고, 한 스텝씩 움직이고, 거꾸로 돌릴 수 있습니다. 실험의 모든 스텝을 비트까지 똑같이 다시 볼 수 있습니다.</translation>
    </message>
    <message>
        <source>Fonts: Inter, JetBrains Mono, NanumSquare, NanumGothic and the handwriting faces, all under the SIL Open Font License. Icons: Lucide, ISC License.</source>
        <translation>글꼴: Inter, JetBrains Mono, 나눔스퀘어, 나눔고딕과 손글씨 글꼴. 모두 SIL 오픈 폰트 라이선스입니다. 아이콘: Lucide, ISC 라이선스.</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>New run…</source>
        <translation>새 실험…</translation>
    </message>
    <message>
        <source>Import AI Hub data…</source>
        <translation>AI Hub 데이터 가져오기…</translation>
    </message>
    <message>
        <source>Save checkpoint</source>
        <translation>체크포인트 저장</translation>
    </message>
    <message>
        <source>Save checkpoint as…</source>
        <translation>다른 이름으로 체크포인트 저장…</translation>
    </message>
    <message>
        <source>Export run…</source>
        <translation>실험 내보내기…</translation>
    </message>
    <message>
        <source>Freeze as test…</source>
        <translation>테스트로 굳히기…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>끝내기</translation>
    </message>
    <message>
        <source>Previous selection</source>
        <translation>이전 선택</translation>
    </message>
    <message>
        <source>Next selection</source>
        <translation>다음 선택</translation>
    </message>
    <message>
        <source>Drop the selected cell</source>
        <translation>칸 선택 해제</translation>
    </message>
    <message>
        <source>Copy the selected value</source>
        <translation>선택한 값 복사</translation>
    </message>
    <message>
        <source>Find a command or step…</source>
        <translation>명령이나 스텝 찾기…</translation>
    </message>
    <message>
        <source>Learn</source>
        <translation>배우기</translation>
    </message>
    <message>
        <source>Debug</source>
        <translation>디버그</translation>
    </message>
    <message>
        <source>Teach</source>
        <translation>가르치기</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>콘솔</translation>
    </message>
    <message>
        <source>Reset layout</source>
        <translation>배치 초기화</translation>
    </message>
    <message>
        <source>Data: labels and alphabet</source>
        <translation>데이터: 라벨과 문자 집합</translation>
    </message>
    <message>
        <source>Augmentation of the sample</source>
        <translation>샘플의 데이터 증강</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>시스템 설정 따름</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>어둡게</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>밝게</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>멈춤</translation>
    </message>
    <message>
        <source>Run or pause</source>
        <translation>실행 또는 멈춤</translation>
    </message>
    <message>
        <source>Stop: close the recording</source>
        <translation>중지: 기록 닫기</translation>
    </message>
    <message>
        <source>Restart with the same seed</source>
        <translation>같은 시드로 다시 시작</translation>
    </message>
    <message>
        <source>Overfit this batch</source>
        <translation>이 배치에 과적합</translation>
    </message>
    <message>
        <source>Run back</source>
        <translation>거꾸로 실행</translation>
    </message>
    <message>
        <source>Go to step…</source>
        <translation>스텝으로 가기…</translation>
    </message>
    <message>
        <source>Return to live</source>
        <translation>현재로</translation>
    </message>
    <message>
        <source>Learning rate…</source>
        <translation>학습률…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <source>About CRNN Debugger</source>
        <translation>CRNN Debugger 정보</translation>
    </message>
    <message>
        <source>Breakpoint on the selection</source>
        <translation>선택한 것에 중단점</translation>
    </message>
    <message>
        <source>Add a breakpoint…</source>
        <translation>중단점 추가…</translation>
    </message>
    <message>
        <source>Add a watch…</source>
        <translation>조사식 추가…</translation>
    </message>
    <message>
        <source>Coarser steps</source>
        <translation>더 큰 단위로</translation>
    </message>
    <message>
        <source>Finer steps</source>
        <translation>더 작은 단위로</translation>
    </message>
    <message>
        <source>Step back</source>
        <translation>한 칸 뒤로</translation>
    </message>
    <message>
        <source>Step forward</source>
        <translation>한 칸 앞으로</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>비교</translation>
    </message>
    <message>
        <source>Show A: the state on screen</source>
        <translation>A 보기: 화면의 상태</translation>
    </message>
    <message>
        <source>Show B: what it is compared with</source>
        <translation>B 보기: 비교 대상</translation>
    </message>
    <message>
        <source>Show the difference B − A</source>
        <translation>차이 B − A 보기</translation>
    </message>
    <message>
        <source>Branch here…</source>
        <translation>여기서 갈라지기…</translation>
    </message>
    <message>
        <source>Open the shipped model</source>
        <translation>함께 든 모델 열기</translation>
    </message>
    <message>
        <source>Open picture…</source>
        <translation>그림 열기…</translation>
    </message>
    <message>
        <source>Paste a picture</source>
        <translation>그림 붙여넣기</translation>
    </message>
    <message>
        <source>Draw a word</source>
        <translation>글씨 쓰기</translation>
    </message>
    <message>
        <source>Evaluate…</source>
        <translation>평가…</translation>
    </message>
    <message>
        <source>Pin or unpin the sample</source>
        <translation>샘플 고정 또는 고정 풀기</translation>
    </message>
    <message>
        <source>Open run, checkpoint or data…</source>
        <translation>실험, 체크포인트, 데이터 열기…</translation>
    </message>
</context>
<context>
    <name>AugmentationView</name>
    <message>
        <source>Augmentation</source>
        <translation>증강</translation>
    </message>
    <message>
        <source>none</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>light</source>
        <translation>약하게</translation>
    </message>
    <message>
        <source>strong</source>
        <translation>강하게</translation>
    </message>
    <message>
        <source>Strength to look at; training keeps its own</source>
        <translation>살펴볼 세기입니다. 학습의 세기는 그대로입니다</translation>
    </message>
    <message>
        <source>Augmentation: the sample at its steps</source>
        <translation>증강: 스텝마다 본 샘플</translation>
    </message>
    <message>
        <source>Training never shows this sample.</source>
        <translation>이 샘플은 학습에 쓰이지 않습니다.</translation>
    </message>
    <message>
        <source>Choose a sample.</source>
        <translation>샘플을 고르세요.</translation>
    </message>
    <message>
        <source>Nothing is changed: every step shows the sample as it is. Light and strong can be looked at above; New run… lets a run train with them.</source>
        <translation>바꾸지 않습니다. 모든 스텝이 샘플을 있는 그대로 봅니다. 위에서 약하게, 강하게를 살펴볼 수 있고, 새 실험…에서 그렇게 학습할 수 있습니다.</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>있는 그대로</translation>
    </message>
    <message>
        <source>as it is; below only looked at</source>
        <translation>있는 그대로; 아래는 보기만 함</translation>
    </message>
    <message>
        <source>step {0}</source>
        <translation>스텝 {0}</translation>
    </message>
    <message>
        <source>epoch {0}, step {1}</source>
        <translation>에폭 {0}, 스텝 {1}</translation>
    </message>
</context>
<context>
    <name>AxisPanel</name>
    <message>
        <source>Choose a sample.</source>
        <translation>샘플을 고르세요.</translation>
    </message>
</context>
<context>
    <name>BranchDialog</name>
    <message>
        <source>Branch at step {step}</source>
        <translation>스텝 {step}에서 갈라지기</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Optimiser and its settings</source>
        <translation>최적화기와 그 설정</translation>
    </message>
    <message>
        <source>One weight</source>
        <translation>가중치 하나</translation>
    </message>
    <message>
        <source>A whole parameter</source>
        <translation>매개변수 전체</translation>
    </message>
    <message>
        <source>Zero a channel or unit</source>
        <translation>채널이나 유닛을 0으로</translation>
    </message>
    <message>
        <source>Label of a sample</source>
        <translation>샘플의 라벨</translation>
    </message>
    <message>
        <source>Pixels of a sample</source>
        <translation>샘플의 픽셀</translation>
    </message>
    <message>
        <source>Drop a sample</source>
        <translation>샘플 빼기</translation>
    </message>
    <message>
        <source>Add this change</source>
        <translation>이 변경 추가</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>제거</translation>
    </message>
    <message>
        <source>Changes of this branch</source>
        <translation>이 갈래의 변경</translation>
    </message>
    <message>
        <source>No change yet: such a branch repeats the run, bit for bit.</source>
        <translation>아직 변경이 없습니다. 이대로면 갈래는 실험을 비트까지 똑같이 되풀이합니다.</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>갈라지기</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>변경</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>The change filled in above is made too.</source>
        <translation>위에 적은 변경도 함께 적용됩니다.</translation>
    </message>
</context>
<context>
    <name>BranchMenu</name>
    <message>
        <source>Compare with this step, {step}</source>
        <translation>지금 스텝 {step}과 비교</translation>
    </message>
    <message>
        <source>Stop comparing</source>
        <translation>비교 끝내기</translation>
    </message>
    <message>
        <source>Switch to it</source>
        <translation>이 갈래로 바꾸기</translation>
    </message>
    <message>
        <source>Compare with it, as B</source>
        <translation>B로 놓고 비교</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>이름 바꾸기…</translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation>버리기…</translation>
    </message>
    <message>
        <source>Rename branch</source>
        <translation>갈래 이름 바꾸기</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>이름:</translation>
    </message>
    <message>
        <source>A name, please.</source>
        <translation>이름을 적어 주세요.</translation>
    </message>
    <message>
        <source>{name}   cannot be read…</source>
        <translation>{name}   읽을 수 없음…</translation>
    </message>
    <message>
        <source>Branch {number} cannot be read</source>
        <translation>갈래 {number}: 읽을 수 없습니다</translation>
    </message>
    <message>
        <source>Nothing of it was changed or removed; all other branches are at hand.</source>
        <translation>이 갈래의 파일은 바꾸거나 지우지 않았고, 다른 갈래는 모두 쓸 수 있습니다.</translation>
    </message>
</context>
<context>
    <name>BreakList</name>
    <message>
        <source>Stop on anything: press +.</source>
        <translation>멈출 조건을 추가하세요: +.</translation>
    </message>
    <message>
        <source>Turn off</source>
        <translation>끄기</translation>
    </message>
    <message>
        <source>Turn on</source>
        <translation>켜기</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>편집…</translation>
    </message>
    <message>
        <source>Only note hits</source>
        <translation>멈추지 않고 기록만</translation>
    </message>
    <message>
        <source>Go to the last hit</source>
        <translation>마지막 적중으로 가기</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>삭제</translation>
    </message>
    <message>
        <source>Stop filling</source>
        <translation>채우기 중단</translation>
    </message>
    <message>
        <source>Draw in Time</source>
        <translation>시간에 그리기</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>여기로 가기</translation>
    </message>
    <message>
        <source>Show the line</source>
        <translation>이 줄 보기</translation>
    </message>
    <message>
        <source>When did it last change?</source>
        <translation>마지막으로 언제 바뀌었나?</translation>
    </message>
</context>
<context>
    <name>BreakRows</name>
    <message>
        <source>Stops runs at level line: F5 on, F4 back.</source>
        <translation>줄 단위 실행을 멈춥니다: F5 앞으로, F4 뒤로.</translation>
    </message>
</context>
<context>
    <name>Breakpoints</name>
    <message>
        <source>on</source>
        <translation>켜짐</translation>
    </message>
    <message>
        <source>off</source>
        <translation>꺼짐</translation>
    </message>
    <message>
        <source>hit {step}</source>
        <translation>적중 {step}</translation>
    </message>
    <message>
        <source>notes · {n}</source>
        <translation>기록 · {n}</translation>
    </message>
    <message>
        <source>Hits</source>
        <translation>적중 목록</translation>
    </message>
    <message>
        <source>filling the past: {done} of {total}</source>
        <translation>과거 채우는 중: {total} 중 {done}</translation>
    </message>
    <message>
        <source>{seconds} s left</source>
        <translation>{seconds}초 남음</translation>
    </message>
    <message>
        <source>at level line</source>
        <translation>줄 단위</translation>
    </message>
    <message>
        <source>its past is filled after the others</source>
        <translation>과거는 다른 조사식 다음에 채웁니다</translation>
    </message>
</context>
<context>
    <name>BreakpointsView</name>
    <message>
        <source>Breakpoints</source>
        <translation>중단점</translation>
    </message>
    <message>
        <source>Add a breakpoint</source>
        <translation>중단점 추가</translation>
    </message>
    <message>
        <source>Add a watch</source>
        <translation>조사식 추가</translation>
    </message>
    <message>
        <source>Breakpoints, watches and hits</source>
        <translation>중단점, 조사식, 적중 목록</translation>
    </message>
    <message>
        <source>{cost} ms a step</source>
        <translation>스텝당 {cost} ms</translation>
    </message>
</context>
<context>
    <name>Breaks</name>
    <message>
        <source>Breakpoint: {what}</source>
        <translation>중단점: {what}</translation>
    </message>
    <message>
        <source>{what}: Ctrl+F9 breaks on its statistics, F9 when it changes</source>
        <translation>{what}: Ctrl+F9로 통계에, F9로 값이 바뀔 때 중단점을 겁니다</translation>
    </message>
</context>
<context>
    <name>Bridge</name>
    <message>
        <source>The engine has ended</source>
        <translation>엔진이 끝났습니다</translation>
    </message>
    <message>
        <source>Training cannot go on in this window. Save nothing over; start anew.</source>
        <translation>이 창에서는 학습을 계속할 수 없습니다. 덮어쓰지 말고 새로 시작하세요.</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Command, step number, or the text of a sample</source>
        <translation>명령, 스텝 번호, 또는 샘플의 글</translation>
    </message>
    <message>
        <source>Go to step {step}</source>
        <translation>{step} 스텝으로 가기</translation>
    </message>
    <message>
        <source>Layout: {name}</source>
        <translation>배치: {name}</translation>
    </message>
    <message>
        <source>Theme: {name}</source>
        <translation>테마: {name}</translation>
    </message>
    <message>
        <source>Language: {name}</source>
        <translation>언어: {name}</translation>
    </message>
</context>
<context>
    <name>Conditions</name>
    <message>
        <source>{what} changes</source>
        <translation>{what} 값이 바뀜</translation>
    </message>
    <message>
        <source>sign of {what} changes</source>
        <translation>{what} 부호가 바뀜</translation>
    </message>
    <message>
        <source>text of #{sample} changes</source>
        <translation>#{sample} 출력이 바뀜</translation>
    </message>
    <message>
        <source>#{sample} becomes right</source>
        <translation>#{sample} 정답이 됨</translation>
    </message>
    <message>
        <source>#{sample} is forgotten</source>
        <translation>#{sample} 정답을 잊음</translation>
    </message>
    <message>
        <source>#{sample} enters the batch</source>
        <translation>#{sample} 배치에 들어옴</translation>
    </message>
    <message>
        <source>any non-finite value</source>
        <translation>NaN 또는 무한대 값</translation>
    </message>
    <message>
        <source>{what} at step {step}: {now}</source>
        <translation>{step} 스텝에서 {what}: {now}</translation>
    </message>
    <message>
        <source>{what} changed at step {step}: {before} → {now}</source>
        <translation>{step} 스텝에서 {what} 값이 바뀜: {before} → {now}</translation>
    </message>
    <message>
        <source>sign of {what} changed at step {step}: {before} → {now}</source>
        <translation>{step} 스텝에서 {what} 부호가 바뀜: {before} → {now}</translation>
    </message>
    <message>
        <source>text of #{sample} changed at step {step}: {before} → {now}</source>
        <translation>{step} 스텝에서 #{sample} 출력이 바뀜: {before} → {now}</translation>
    </message>
    <message>
        <source>#{sample} became right at step {step}: {now}</source>
        <translation>{step} 스텝에서 #{sample} 정답이 됨: {now}</translation>
    </message>
    <message>
        <source>#{sample} was forgotten at step {step}: {before} → {now}</source>
        <translation>{step} 스텝에서 #{sample} 정답을 잊음: {before} → {now}</translation>
    </message>
    <message>
        <source>#{sample} is in the batch of step {step}</source>
        <translation>#{sample} 샘플이 {step} 스텝의 배치에 있음</translation>
    </message>
    <message>
        <source>non-finite at step {step}: {now}</source>
        <translation>{step} 스텝에서 NaN 또는 무한대: {now}</translation>
    </message>
    <message>
        <source>{what} changed</source>
        <translation>{what} 바뀜</translation>
    </message>
    <message>
        <source>sign of {what} changed</source>
        <translation>{what} 부호 바뀜</translation>
    </message>
    <message>
        <source>text of #{sample} changed</source>
        <translation>#{sample} 출력 바뀜</translation>
    </message>
    <message>
        <source>#{sample} became right</source>
        <translation>#{sample} 정답</translation>
    </message>
    <message>
        <source>#{sample} was forgotten</source>
        <translation>#{sample} 잊음</translation>
    </message>
    <message>
        <source>#{sample} in the batch</source>
        <translation>#{sample} 배치에 있음</translation>
    </message>
    <message>
        <source>non-finite value</source>
        <translation>NaN 또는 무한대</translation>
    </message>
    <message>
        <source>{what} last changed at step {step}: {before} → {now}</source>
        <translation>{what} 값은 {step} 스텝에서 마지막으로 바뀜: {before} → {now}</translation>
    </message>
    <message>
        <source>{what} has not changed since the run began.</source>
        <translation>{what} 값은 실험이 시작된 뒤로 바뀌지 않았습니다.</translation>
    </message>
    <message>
        <source>{what} at step {step}</source>
        <translation>{step} 스텝에서 {what}</translation>
    </message>
    <message>
        <source>{place} at step {step}</source>
        <translation>{step} 스텝의 {place}</translation>
    </message>
    <message>
        <source>{place} at step {step}: {now}</source>
        <translation>{step} 스텝의 {place}: {now}</translation>
    </message>
    <message>
        <source>{place} where {what}</source>
        <translation>{place}, {what}일 때</translation>
    </message>
</context>
<context>
    <name>ConsoleView</name>
    <message>
        <source>Console</source>
        <translation>콘솔</translation>
    </message>
    <message>
        <source>A line of Python</source>
        <translation>파이썬 한 줄</translation>
    </message>
    <message>
        <source>What was said</source>
        <translation>출력</translation>
    </message>
    <message>
        <source>running</source>
        <translation>실행 중</translation>
    </message>
    <message>
        <source>step(), back(), seek(100), run_until(&apos;loss &lt; 1&apos;), trace(), help() …</source>
        <translation>step(), back(), seek(100), run_until('loss &lt; 1'), trace(), help() …</translation>
    </message>
</context>
<context>
    <name>CopyingDialog</name>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Open run</source>
        <translation>실험 열기</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{total} 중 {done}</translation>
    </message>
</context>
<context>
    <name>CtcPanel</name>
    <message>
        <source>grad</source>
        <translation>기울기</translation>
    </message>
    <message>
        <source>γ: how much of the truth&apos;s probability passes a cell, on a log scale from 10⁻⁶ to 1. α and β: the same scale, relative to the largest value of their column. grad: softmax minus the truth&apos;s posterior, from −1 to 1.</source>
        <translation>γ: 정답의 확률 가운데 이 칸을 지나는 몫, 10⁻⁶에서 1까지 로그 눈금. α와 β: 같은 눈금, 그 열의 가장 큰 값에 견줌. 기울기: 소프트맥스에서 정답의 사후 확률을 뺀 값, −1에서 1까지.</translation>
    </message>
    <message>
        <source>best path</source>
        <translation>최적 경로</translation>
    </message>
    <message>
        <source>of the mass</source>
        <translation>차지</translation>
    </message>
    <message>
        <source>paths</source>
        <translation>경로</translation>
    </message>
    <message>
        <source>The label does not fit: T = {frames}, needs {needed}.</source>
        <translation>글이 들어가지 않습니다: T = {frames}, 필요 {needed}.</translation>
    </message>
    <message>
        <source>state {s}: {letter}</source>
        <translation>상태 {s}: {letter}</translation>
    </message>
    <message>
        <source>blank</source>
        <translation>공백</translation>
    </message>
    <message>
        <source>N-best</source>
        <translation>상위 경로</translation>
    </message>
    <message>
        <source>Viterbi: the most probable single alignment of the truth. N-best: the next ones behind it.</source>
        <translation>Viterbi: 정답의 가장 그럴듯한 정렬 하나. 상위 경로: 그 뒤를 잇는 정렬들.</translation>
    </message>
    <message>
        <source>require</source>
        <translation>필수</translation>
    </message>
    <message>
        <source>forbid</source>
        <translation>금지</translation>
    </message>
    <message>
        <source>Click cells, or a letter or syllable beside them for the timestep at the cursor: only paths through a ring and through no cross are left. A second click takes it back. Keys: R and F on the selected cell, Esc clears all.</source>
        <translation>칸을 누르거나, 옆의 자모나 음절을 눌러 커서가 있는 시점에 겁니다. 고리를 지나고 가위표를 지나지 않는 경로만 남습니다. 다시 누르면 풀립니다. 키: 선택한 칸에서 R과 F, 모두 풀기는 Esc.</translation>
    </message>
    <message>
        <source>best {k} paths</source>
        <translation>상위 경로 {k}개</translation>
    </message>
    <message>
        <source>P(constraints | label)</source>
        <translation>P(조건 | 정답)</translation>
    </message>
    <message>
        <source>log P(label, constraints)</source>
        <translation>log P(정답, 조건)</translation>
    </message>
    <message>
        <source>no path is left</source>
        <translation>남은 경로 없음</translation>
    </message>
    <message>
        <source>grad is of all paths</source>
        <translation>기울기는 모든 경로의 값</translation>
    </message>
    <message>
        <source>{quantity} with {required} required, {forbidden} forbidden</source>
        <translation>필수 {required}, 금지 {forbidden} 조건의 {quantity}</translation>
    </message>
    <message>
        <source>located t {first}…{last}</source>
        <translation>위치 t {first}…{last}</translation>
    </message>
    <message>
        <source>path {rank}</source>
        <translation>경로 {rank}</translation>
    </message>
    <message>
        <source>{value} under the constraints</source>
        <translation>조건 아래 {value}</translation>
    </message>
    <message>
        <source>required</source>
        <translation>필수</translation>
    </message>
    <message>
        <source>forbidden</source>
        <translation>금지</translation>
    </message>
    <message>
        <source>{letters}: t = {first}…{last} on the best path, located with {share}</source>
        <translation>{letters}: 최적 경로에서 t = {first}…{last}, 위치 확신 {share}</translation>
    </message>
    <message>
        <source>A and B have no lattice in common: the label differs or does not fit.</source>
        <translation>A와 B에 공통된 격자가 없습니다. 라벨이 다르거나 들어가지 않습니다.</translation>
    </message>
</context>
<context>
    <name>DataBox</name>
    <message>
        <source>Folder…</source>
        <translation>폴더…</translation>
    </message>
    <message>
        <source>File…</source>
        <translation>파일…</translation>
    </message>
    <message>
        <source>The manifest of an import, or a single picture</source>
        <translation>가져오기의 매니페스트나 그림 한 장</translation>
    </message>
    <message>
        <source>A folder with images and labels</source>
        <translation>images와 labels가 있는 폴더</translation>
    </message>
    <message>
        <source>A manifest or a picture</source>
        <translation>매니페스트나 그림</translation>
    </message>
    <message>
        <source>Manifests and pictures ({kinds})</source>
        <translation>매니페스트와 그림 ({kinds})</translation>
    </message>
</context>
<context>
    <name>DataView</name>
    <message>
        <source>Data</source>
        <translation>데이터</translation>
    </message>
    <message>
        <source>Data: labels, pictures and the alphabet</source>
        <translation>데이터: 라벨, 그림, 문자 집합</translation>
    </message>
    <message>
        <source>{0} samples</source>
        <translation>샘플 {0}개</translation>
    </message>
    <message>
        <source>{1} of {0} samples fit</source>
        <translation>{0}개 중 {1}개가 맞음</translation>
    </message>
    <message>
        <source>No data yet. Choose New run…</source>
        <translation>아직 데이터가 없습니다. 새 실험…을 고르세요.</translation>
    </message>
    <message>
        <source>Labels and pictures</source>
        <translation>라벨과 그림</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>세는 중…</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>라벨</translation>
    </message>
    <message>
        <source>ambiguous: its letters read {0}</source>
        <translation>모호함: 이 글자들은 {0}(으)로 읽힙니다</translation>
    </message>
    <message>
        <source>{0} letters need {1} of {2} timesteps</source>
        <translation>글자 {0}개, 시점 {2}개 중 {1}개 필요</translation>
    </message>
    <message>
        <source>Does not fit</source>
        <translation>맞지 않음</translation>
    </message>
    <message>
        <source>Every label fits.</source>
        <translation>모든 라벨이 맞습니다.</translation>
    </message>
    <message>
        <source>of {0} labels</source>
        <translation>라벨 {0}개에서</translation>
    </message>
    <message>
        <source>Characters in a label</source>
        <translation>라벨의 글자 수</translation>
    </message>
    <message>
        <source>Timesteps needed, and given behind</source>
        <translation>필요한 시점, 뒤에는 주어진 것</translation>
    </message>
    <message>
        <source>of {0} pictures</source>
        <translation>그림 {0}장에서</translation>
    </message>
    <message>
        <source>Width of the input</source>
        <translation>입력의 너비</translation>
    </message>
    <message>
        <source>{0} of {1} occur</source>
        <translation>{1}개 중 {0}개 나옴</translation>
    </message>
    <message>
        <source>Alphabet</source>
        <translation>문자 집합</translation>
    </message>
    <message>
        <source>initial</source>
        <translation>초성</translation>
    </message>
    <message>
        <source>vowel</source>
        <translation>중성</translation>
    </message>
    <message>
        <source>final</source>
        <translation>종성</translation>
    </message>
    <message>
        <source>others</source>
        <translation>그 밖</translation>
    </message>
    <message>
        <source>Not in the alphabet</source>
        <translation>문자 집합에 없음</translation>
    </message>
    <message>
        <source>Ambiguous labels</source>
        <translation>모호한 라벨</translation>
    </message>
    <message>
        <source>{0} reads {1}</source>
        <translation>{0} → {1}</translation>
    </message>
    <message>
        <source>{0}: {1} times, {2} of all letters</source>
        <translation>{0}: {1}번, 전체 글자의 {2}</translation>
    </message>
    <message>
        <source>{0} timesteps: needed by {1} labels, given by {2} pictures</source>
        <translation>시점 {0}개: 라벨 {1}개에 필요, 그림 {2}장이 줌</translation>
    </message>
    <message>
        <source>{0} characters: {1} labels</source>
        <translation>글자 {0}개: 라벨 {1}개</translation>
    </message>
    <message>
        <source>{0} columns: {1} pictures</source>
        <translation>{0}열: 그림 {1}장</translation>
    </message>
    <message>
        <source>It has no label, so nothing has to fit.</source>
        <translation>라벨이 없으니 맞출 것도 없습니다.</translation>
    </message>
</context>
<context>
    <name>Desk</name>
    <message>
        <source>Copied {text}</source>
        <translation>복사함: {text}</translation>
    </message>
    <message>
        <source>Step, from {first} to {head}:</source>
        <translation>스텝 ({first}–{head}):</translation>
    </message>
    <message>
        <source>Go to step</source>
        <translation>스텝으로 가기</translation>
    </message>
    <message>
        <source>A whole number, please.</source>
        <translation>정수를 넣으세요.</translation>
    </message>
    <message>
        <source>That step is not recorded.</source>
        <translation>기록에 없는 스텝입니다.</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>From the next step on; the change is recorded:</source>
        <translation>다음 스텝부터 적용되며, 변경이 기록됩니다:</translation>
    </message>
    <message>
        <source>A number above 0, such as 0.001.</source>
        <translation>0보다 큰 수를 넣으세요. 예: 0.001</translation>
    </message>
    <message>
        <source>{name}: {n} samples, {parameters} parameters</source>
        <translation>{name}: 샘플 {n}개, 매개변수 {parameters}개</translation>
    </message>
</context>
<context>
    <name>DiscardDialog</name>
    <message>
        <source>Discard branch {name}?</source>
        <translation>갈래 {name}: 버릴까요?</translation>
    </message>
    <message>
        <source>Discard for good</source>
        <translation>완전히 버리기</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>그대로 두기</translation>
    </message>
    <message>
        <source>Lost with it: its {n} steps from {start} to {head}, its changes ({edits}), and its recording on disk. Nothing brings them back. What it grew from stays as it is.</source>
        <translation>함께 사라지는 것: 스텝 {start}부터 {head}까지 {n}개, 변경 {edits}개, 디스크에 남긴 기록. 되살릴 수 없습니다. 갈라져 나온 쪽은 그대로 남습니다.</translation>
    </message>
    <message>
        <source>It is on screen; what it grew from is shown next.</source>
        <translation>지금 화면에 있는 갈래입니다. 버리면 갈라져 나온 쪽을 보여 줍니다.</translation>
    </message>
</context>
<context>
    <name>Docks</name>
    <message>
        <source>Samples</source>
        <translation>샘플</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Inspect</source>
        <translation>값</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>데이터</translation>
    </message>
    <message>
        <source>Augmentation</source>
        <translation>증강</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>시간</translation>
    </message>
    <message>
        <source>Console</source>
        <translation>콘솔</translation>
    </message>
    <message>
        <source>Breakpoints</source>
        <translation>중단점</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>소스</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>글씨 쓰기</translation>
    </message>
</context>
<context>
    <name>DrawView</name>
    <message>
        <source>Draw</source>
        <translation>글씨 쓰기</translation>
    </message>
    <message>
        <source>fine</source>
        <translation>가늘게</translation>
    </message>
    <message>
        <source>medium</source>
        <translation>보통</translation>
    </message>
    <message>
        <source>bold</source>
        <translation>굵게</translation>
    </message>
    <message>
        <source>Take the last stroke back (Ctrl+Z)</source>
        <translation>마지막 획 지우기 (Ctrl+Z)</translation>
    </message>
    <message>
        <source>A new word on a blank canvas; this one stays in My ink</source>
        <translation>빈 판에 새 낱말 쓰기. 지금 것은 내 글씨에 남습니다</translation>
    </message>
    <message>
        <source>Write a word here.</source>
        <translation>여기에 낱말을 써 보세요.</translation>
    </message>
    <message>
        <source>Canvas to write a word on</source>
        <translation>낱말을 쓰는 판</translation>
    </message>
    <message>
        <source>what it says, if you like to compare</source>
        <translation>쓴 낱말 (견주어 보려면)</translation>
    </message>
    <message>
        <source>What the drawing says</source>
        <translation>쓴 낱말</translation>
    </message>
    <message>
        <source>nothing yet</source>
        <translation>아직 없음</translation>
    </message>
</context>
<context>
    <name>DropPage</name>
    <message>
        <source>It is not trained on any more; all others come when they would have come.</source>
        <translation>이 샘플은 더 이상 학습하지 않습니다. 나머지는 모두 원래 차례에 나옵니다.</translation>
    </message>
</context>
<context>
    <name>Engine</name>
    <message>
        <source>Cannot run</source>
        <translation>실행할 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot run back</source>
        <translation>거꾸로 실행할 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot step</source>
        <translation>스텝을 실행할 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot go back</source>
        <translation>뒤로 갈 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot return to live</source>
        <translation>현재로 돌아갈 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot set the learning rate</source>
        <translation>학습률을 바꿀 수 없습니다</translation>
    </message>
    <message>
        <source>The run cannot start</source>
        <translation>실험을 시작할 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot save</source>
        <translation>저장할 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot load</source>
        <translation>불러올 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot export the run</source>
        <translation>실험을 내보낼 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot write the test</source>
        <translation>테스트를 쓸 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot show this sample</source>
        <translation>이 샘플을 보일 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot go there</source>
        <translation>그 스텝으로 갈 수 없습니다</translation>
    </message>
    <message>
        <source>The recording cannot be closed</source>
        <translation>기록을 닫을 수 없습니다</translation>
    </message>
    <message>
        <source>Training stopped</source>
        <translation>학습이 멈췄습니다</translation>
    </message>
    <message>
        <source>Error in the engine</source>
        <translation>엔진 오류</translation>
    </message>
    <message>
        <source>Error in the window</source>
        <translation>창 오류</translation>
    </message>
    <message>
        <source>This is the first step of the run.</source>
        <translation>이 실험의 첫 스텝입니다.</translation>
    </message>
    <message>
        <source>The recording ends here.</source>
        <translation>기록은 여기까지입니다.</translation>
    </message>
    <message>
        <source>The search for a step was cancelled.</source>
        <translation>스텝 찾기를 그만두었습니다.</translation>
    </message>
    <message>
        <source>The learning rate is changed from here on.</source>
        <translation>여기서부터 학습률이 바뀝니다.</translation>
    </message>
    <message>
        <source>The recording is closed: F3 walks its past, Ctrl+R starts anew.</source>
        <translation>기록을 닫았습니다. F3으로 지난 스텝을 보고, Ctrl+R로 새로 시작합니다.</translation>
    </message>
    <message>
        <source>{} of the channels are {} everywhere</source>
        <translation>채널의 {}가 어디서나 {}입니다</translation>
    </message>
    <message>
        <source>{} of the gates are saturated</source>
        <translation>게이트의 {}가 포화되었습니다</translation>
    </message>
    <message>
        <source>the largest logit is {}</source>
        <translation>가장 큰 로짓이 {}입니다</translation>
    </message>
    <message>
        <source>its gradient is {} of the largest</source>
        <translation>기울기가 가장 큰 것의 {}배입니다</translation>
    </message>
    <message>
        <source>the gradient norm is {}, cut to {}</source>
        <translation>기울기 노름이 {}이며 {}로 잘랐습니다</translation>
    </message>
    <message>
        <source>the last update changed its weights by {} of their size</source>
        <translation>마지막 갱신이 가중치를 그 크기의 {}만큼 바꿨습니다</translation>
    </message>
    <message>
        <source>blank has {} of the probability: normal at first, not for long</source>
        <translation>공백이 확률의 {}를 차지합니다. 처음에는 정상이지만 오래가면 안 됩니다</translation>
    </message>
    <message>
        <source>{} samples need more timesteps than their picture gives</source>
        <translation>샘플 {}개는 그림이 주는 것보다 많은 시점이 필요합니다</translation>
    </message>
    <message>
        <source>{}: cannot be read ({}); check the path and its permissions</source>
        <translation>{}: 읽을 수 없습니다({}). 경로와 권한을 확인하세요.</translation>
    </message>
    <message>
        <source>{}: cannot be written ({}); free some space or choose another place</source>
        <translation>{}: 쓸 수 없습니다({}). 공간을 비우거나 다른 곳을 고르세요.</translation>
    </message>
    <message>
        <source>{}: {}; it is no checkpoint, or was damaged on the way: take another copy</source>
        <translation>{}: {}. 체크포인트가 아니거나 옮기다 손상되었습니다. 다른 사본을 쓰세요.</translation>
    </message>
    <message>
        <source>{}: it is a safetensors file, but not a checkpoint of this program; choose one that CRNN Debugger saved</source>
        <translation>{}: safetensors 파일이지만 이 프로그램의 체크포인트가 아닙니다. CRNN Debugger가 저장한 파일을 고르세요.</translation>
    </message>
    <message>
        <source>{}: it is of format {}, this program reads {}; update the program</source>
        <translation>{}: 형식이 {}인데 이 프로그램은 {}을 읽습니다. 프로그램을 업데이트하세요.</translation>
    </message>
    <message>
        <source>it is cut: {} bytes are missing at its end</source>
        <translation>파일이 잘렸습니다: 끝의 {}바이트가 없습니다</translation>
    </message>
    <message>
        <source>it has only {} bytes</source>
        <translation>{}바이트밖에 없습니다</translation>
    </message>
    <message>
        <source>its header claims {} bytes, but only {} follow</source>
        <translation>헤더에는 {}바이트라고 적혀 있으나 {}바이트뿐입니다</translation>
    </message>
    <message>
        <source>its header is not readable JSON</source>
        <translation>헤더를 JSON으로 읽을 수 없습니다</translation>
    </message>
    <message>
        <source>the file holds weights alone, so a fresh optimiser starts here</source>
        <translation>가중치만 든 파일이라 최적화 상태는 새로 시작합니다</translation>
    </message>
    <message>
        <source>it was trained on other data than {}</source>
        <translation>다른 데이터로 학습한 것입니다(지금은 {})</translation>
    </message>
    <message>
        <source>the recording goes on from here</source>
        <translation>여기서부터 기록을 이어 갑니다</translation>
    </message>
    <message>
        <source>{}: not a run directory (no config.json)</source>
        <translation>{}: 실험 폴더가 아닙니다(config.json 없음).</translation>
    </message>
    <message>
        <source>{}: damaged or foreign ({}); take another copy</source>
        <translation>{}: 손상되었거나 다른 프로그램의 것입니다({}). 다른 사본을 쓰세요.</translation>
    </message>
    <message>
        <source>{}: was recorded on {}; open that data first</source>
        <translation>{}: {} 데이터로 기록한 실험입니다. 그 데이터를 먼저 여세요.</translation>
    </message>
    <message>
        <source>{}: was recorded on {}; the data given, {}, has other samples. Give the recorded data</source>
        <translation>{}: {} 데이터로 기록한 실험인데, 주어진 {}의 샘플이 다릅니다. 기록할 때의 데이터를 주세요.</translation>
    </message>
    <message>
        <source>replay differs from the recording at step {} in {}, by at most {}; likely cause: {}</source>
        <translation>재생이 기록과 다릅니다: 스텝 {}의 {}, 최대 차이 {}. 가능한 원인: {}</translation>
    </message>
    <message>
        <source>{}: this run is open already, here or in another window or command; close it there first</source>
        <translation>{}: 이 실험은 이미 열려 있습니다(이 창이나 다른 창, 다른 명령에서). 그쪽을 먼저 닫으세요.</translation>
    </message>
    <message>
        <source>{}: the disk is full; free some space, then go on</source>
        <translation>{}: 디스크가 가득 찼습니다. 공간을 비운 뒤 계속하십시오</translation>
    </message>
    <message>
        <source>{}: the recording cannot be written ({}); free some space or choose another place, then go on</source>
        <translation>{}: 기록을 쓸 수 없습니다({}). 공간을 비우거나 다른 곳을 골라 계속하십시오</translation>
    </message>
    <message>
        <source>{}: cannot be opened: {}; take another copy</source>
        <translation>{}: 열 수 없습니다: {}. 다른 사본을 쓰십시오</translation>
    </message>
    <message>
        <source>this run is not recorded, so there is nothing to export</source>
        <translation>이 실험은 기록되지 않아 내보낼 것이 없습니다</translation>
    </message>
    <message>
        <source>steps {} to {}: replay is exact here</source>
        <translation>스텝 {}–{}: 여기서 재생이 정확합니다</translation>
    </message>
    <message>
        <source>steps {} to {}: replay is not exact here: {}</source>
        <translation>스텝 {}–{}: 여기서 재생이 정확하지 않습니다: {}</translation>
    </message>
    <message>
        <source>data {}: {} samples are in it</source>
        <translation>데이터 {}: 샘플 {}개가 들어 있습니다</translation>
    </message>
    <message>
        <source>data {}: not in it, but found here</source>
        <translation>데이터 {}: 들어 있지 않지만 여기에 있습니다</translation>
    </message>
    <message>
        <source>the samples of {} are not in it, since a data folder may not be yours to pass on; the other machine needs the same folder</source>
        <translation>{}의 샘플은 들어 있지 않습니다. 데이터 폴더는 재배포가 허용되지 않을 수 있어, 다른 컴퓨터에도 같은 폴더가 필요합니다</translation>
    </message>
    <message>
        <source>the samples of {} are not in it: they are too large</source>
        <translation>{}의 샘플은 너무 커서 들어 있지 않습니다</translation>
    </message>
    <message>
        <source>this recording is closed; its past can be walked, and Restart begins a new run</source>
        <translation>이 기록은 닫혔습니다. 지난 스텝은 볼 수 있고, 새로 학습하려면 ‘같은 시드로 다시 시작’을 고르세요.</translation>
    </message>
    <message>
        <source>step {} is in the past, and training it differently needs a branch; return to live and set the learning rate there</source>
        <translation>{} 스텝은 지난 스텝이라, 다르게 학습하려면 가지가 필요합니다. 현재로 돌아가서 학습률을 바꾸세요.</translation>
    </message>
    <message>
        <source>no run is open; start one with New run, or load a checkpoint</source>
        <translation>열린 실험이 없습니다. 새 실험을 시작하거나 체크포인트를 여세요.</translation>
    </message>
    <message>
        <source>{} does not exist; a data folder holds images/NAME.png and labels/NAME.txt, or a train folder that does</source>
        <translation>{}: 없는 폴더입니다. 데이터 폴더에는 images/이름.png와 labels/이름.txt가, 또는 그런 train 폴더가 있어야 합니다.</translation>
    </message>
    <message>
        <source>{} is not a data folder; a data folder holds images/NAME.png and labels/NAME.txt, or a train folder that does</source>
        <translation>{}: 데이터 폴더가 아닙니다. 데이터 폴더에는 images/이름.png와 labels/이름.txt가, 또는 그런 train 폴더가 있어야 합니다.</translation>
    </message>
    <message>
        <source>{}: none of {} pictures and {} labels make a pair; images/NAME.png needs labels/NAME.txt of the same name</source>
        <translation>{}: 그림 {}개와 글 {}개 가운데 짝이 맞는 것이 없습니다. images/이름.png와 labels/이름.txt의 이름이 같아야 합니다.</translation>
    </message>
    <message>
        <source>{}: not readable as UTF-8 ({}); save it as UTF-8</source>
        <translation>{}: UTF-8로 읽을 수 없습니다({}). UTF-8로 저장하세요.</translation>
    </message>
    <message>
        <source>{}: there is no such file; check the path</source>
        <translation>{}: 그런 파일이 없습니다. 경로를 확인하세요.</translation>
    </message>
    <message>
        <source>{}: not a picture this program reads; save it as one of {}</source>
        <translation>{}: 이 프로그램이 읽지 못하는 그림입니다. 다음 중 하나로 저장하세요: {}</translation>
    </message>
    <message>
        <source>{}: cannot be decoded ({}); the file is cut or damaged, export it again</source>
        <translation>{}: 그림을 풀 수 없습니다({}). 잘렸거나 손상되었으니 다시 내보내세요.</translation>
    </message>
    <message>
        <source>the label is empty</source>
        <translation>글이 비어 있습니다</translation>
    </message>
    <message>
        <source>the label is empty, so there is nothing to align</source>
        <translation>라벨이 비어 있어 맞출 것이 없습니다</translation>
    </message>
    <message>
        <source>no path that spells {} has a probability above 0 at this state</source>
        <translation>이 상태에서 {}을(를) 쓰는 경로의 확률은 모두 0입니다</translation>
    </message>
    <message>
        <source>{} has {} symbols and {} repeats and so needs {} timesteps; this picture gives {}</source>
        <translation>{}: 기호 {}개와 반복 {}개로 시점 {}개가 필요하지만, 이 그림은 {}개를 줍니다</translation>
    </message>
    <message>
        <source>{} in {} is not in the {} alphabet of {} symbols; take it out of the text or choose an alphabet that has it</source>
        <translation>글자 {}({}의 일부)는 {} 문자 집합(기호 {}개)에 없습니다. 글에서 빼거나 이 글자가 있는 문자 집합을 고르세요.</translation>
    </message>
    <message>
        <source>{} columns at height {}; at most {} are allowed</source>
        <translation>너비 {}열(높이 {})입니다. {}열까지 됩니다</translation>
    </message>
    <message>
        <source>{} needs {} timesteps; a picture {} wide has {}</source>
        <translation>{}: 시점 {}개가 필요한데, 너비 {}인 그림에는 {}개뿐입니다</translation>
    </message>
    <message>
        <source>{} has the same name as {}; only the latter is read</source>
        <translation>{}의 이름이 {}과 같습니다. 뒤의 것만 읽습니다</translation>
    </message>
    <message>
        <source>{} has no partner {}</source>
        <translation>{}의 짝 {}이 없습니다</translation>
    </message>
    <message>
        <source>{} holds no samples; choose another folder</source>
        <translation>{}: 샘플이 없습니다. 다른 폴더를 고르세요.</translation>
    </message>
    <message>
        <source>no sample of {} is usable ({}). The first, {}: {}. Change the data, the alphabet or the preset</source>
        <translation>{}: 쓸 수 있는 샘플이 없습니다({}). 첫 샘플 {}: {}. 데이터, 문자 집합, 프리셋 중 하나를 바꾸세요.</translation>
    </message>
    <message>
        <source>{}: there is no such folder or zip; check the path</source>
        <translation>{}: 그런 폴더나 zip이 없습니다. 경로를 확인하세요</translation>
    </message>
    <message>
        <source>{} holds no label file (NAME.json); give the folder or zip that AI Hub&apos;s download unpacks to</source>
        <translation>{}에 라벨 파일(NAME.json)이 없습니다. AI Hub에서 내려받아 푼 폴더나 zip을 고르세요</translation>
    </message>
    <message>
        <source>{} was imported with --{} {}, not {}; choose another folder for --out, or the same options</source>
        <translation>{}은(는) --{} {}(으)로 가져온 폴더입니다({} 아님). 다른 저장 위치나 같은 설정을 고르세요</translation>
    </message>
    <message>
        <source>{} already holds train or val, and not from an import; choose an empty folder</source>
        <translation>{}에 가져오기로 만든 것이 아닌 train이나 val이 이미 있습니다. 빈 폴더를 고르세요</translation>
    </message>
    <message>
        <source>{} cannot be written ({}); choose another folder for --out</source>
        <translation>{}에 쓸 수 없습니다({}). 다른 저장 위치를 고르세요</translation>
    </message>
    <message>
        <source>no picture lies below the source: give the folder that holds labels and pictures</source>
        <translation>원본 아래에 그림이 없습니다. 라벨과 그림이 함께 있는 폴더를 고르세요</translation>
    </message>
    <message>
        <source>{} is empty: all sheets are of the other part; give the folder that holds both, or --split sheet to deal them out</source>
        <translation>{}이(가) 비었습니다. 모든 장이 다른 쪽에 속합니다. 둘 다 있는 폴더를 고르거나 장 단위로 나누세요(--split sheet)</translation>
    </message>
    <message>
        <source>pictures of another size than their label says may be cut in the wrong places</source>
        <translation>라벨에 적힌 크기와 다른 그림은 엉뚱한 곳이 잘릴 수 있습니다</translation>
    </message>
    <message>
        <source>box {} {}: {}</source>
        <translation>상자 {} {}: {}</translation>
    </message>
    <message>
        <source>the text is empty</source>
        <translation>글이 비었습니다</translation>
    </message>
    <message>
        <source>marked as not to be read</source>
        <translation>읽지 않도록 표시됨</translation>
    </message>
    <message>
        <source>x {} to {}, y {} to {} on a page of {} x {}</source>
        <translation>x {}~{}, y {}~{}, 쪽 크기 {} x {}</translation>
    </message>
    <message>
        <source>no picture has the stem {}; {} boxes</source>
        <translation>이름이 {}인 그림이 없음, 상자 {}개</translation>
    </message>
    <message>
        <source>no label has the stem {}</source>
        <translation>이름이 {}인 라벨이 없음</translation>
    </message>
    <message>
        <source>{} is read instead</source>
        <translation>{}을(를) 대신 읽음</translation>
    </message>
    <message>
        <source>line {}, column {}: {}</source>
        <translation>{}행 {}열: {}</translation>
    </message>
    <message>
        <source>nested too deeply</source>
        <translation>너무 깊이 겹쳐 있음</translation>
    </message>
    <message>
        <source>{} is {}; allowed: {}</source>
        <translation>{} = {}: {}만 됩니다.</translation>
    </message>
    <message>
        <source>a number above 0</source>
        <translation>0보다 큰 수</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>정수</translation>
    </message>
    <message>
        <source>an integer of 1 or more</source>
        <translation>1 이상의 정수</translation>
    </message>
    <message>
        <source>a number like {}</source>
        <translation>{} 같은 수</translation>
    </message>
    <message>
        <source>The breakpoint cannot be set</source>
        <translation>중단점을 설정할 수 없음</translation>
    </message>
    <message>
        <source>The watch cannot be added</source>
        <translation>조사식을 추가할 수 없음</translation>
    </message>
    <message>
        <source>Cannot look for the last change</source>
        <translation>마지막 변경을 찾을 수 없음</translation>
    </message>
    <message>
        <source>No breakpoint hits before this: this is the first step of the run.</source>
        <translation>이전에 적중한 중단점이 없습니다: 실험의 첫 스텝입니다.</translation>
    </message>
    <message>
        <source>there is no sample {}; choose one of {} to {}</source>
        <translation>샘플 {}은(는) 없습니다. {}부터 {}까지 중에서 고르세요</translation>
    </message>
    <message>
        <source>the expression is empty; write one such as loss &gt; 5</source>
        <translation>식이 비어 있습니다. loss &gt; 5처럼 쓰세요</translation>
    </message>
    <message>
        <source>the expression has {} characters; at most {}</source>
        <translation>식이 {}자입니다. 최대 {}자입니다</translation>
    </message>
    <message>
        <source>the expression has {} parts; at most {} are allowed</source>
        <translation>식의 부분이 {}개입니다. 최대 {}개입니다</translation>
    </message>
    <message>
        <source>{}: there is no such name; did you mean {}?</source>
        <translation>{}: 그런 이름이 없습니다. {}을(를) 뜻했나요?</translation>
    </message>
    <message>
        <source>{}: there is no such name; choose one of the list</source>
        <translation>{}: 그런 이름이 없습니다. 목록에서 고르세요</translation>
    </message>
    <message>
        <source>{}: is not allowed; use names, numbers, comparisons, and/or/not, + - * /, subscripts and {}</source>
        <translation>{}: 쓸 수 없습니다. 이름, 숫자, 비교, and/or/not, + - * /, 첨자, {}만 쓰세요</translation>
    </message>
    <message>
        <source>{}: gives {} values, not one; use min, max, mean, std, norm, any, all or a subscript</source>
        <translation>{}: 값이 하나가 아니라 {}개입니다. min, max, mean, std, norm, any, all 또는 첨자를 쓰세요</translation>
    </message>
    <message>
        <source>{}: is a number; compare it with another, as in {} &gt; 5</source>
        <translation>{}: 숫자입니다. {} &gt; 5처럼 다른 수와 비교하세요</translation>
    </message>
    <message>
        <source>{}: is true or false; a watch needs a number</source>
        <translation>{}: 참 또는 거짓입니다. 조사식은 숫자여야 합니다</translation>
    </message>
    <message>
        <source>{}: takes one argument</source>
        <translation>{}: 인수는 하나입니다</translation>
    </message>
    <message>
        <source>{}: a slice cannot have step 0</source>
        <translation>{}: 슬라이스 간격은 0일 수 없습니다</translation>
    </message>
    <message>
        <source>{}: a subscript must be a whole number or a slice</source>
        <translation>{}: 첨자는 정수나 슬라이스여야 합니다</translation>
    </message>
    <message>
        <source>{}: is no subscript; only whole numbers and slices of them are</source>
        <translation>{}: 첨자가 아닙니다. 정수와 정수 슬라이스만 쓸 수 있습니다</translation>
    </message>
    <message>
        <source>{}: names nothing that could change</source>
        <translation>{}: 바뀔 수 있는 이름이 없습니다</translation>
    </message>
    <message>
        <source>{}: {} has {} values; use any or all</source>
        <translation>{}: {}의 값이 {}개입니다. any나 all을 쓰세요</translation>
    </message>
    <message>
        <source>{}: {} subscripts for {} axes</source>
        <translation>{}: 첨자가 {}개인데 축은 {}개입니다</translation>
    </message>
    <message>
        <source>{}: index {} is out of bounds for axis {} with size {}</source>
        <translation>{}: 첨자 {}이(가) {}번 축의 크기 {}을(를) 벗어납니다</translation>
    </message>
    <message>
        <source>{}: invalid syntax</source>
        <translation>{}: 문법이 맞지 않습니다</translation>
    </message>
    <message>
        <source>Cannot look inside this step</source>
        <translation>이 스텝의 안을 볼 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot branch</source>
        <translation>갈라질 수 없음</translation>
    </message>
    <message>
        <source>Cannot switch to this branch</source>
        <translation>이 갈래로 바꿀 수 없음</translation>
    </message>
    <message>
        <source>Cannot rename this branch</source>
        <translation>이 갈래의 이름을 바꿀 수 없음</translation>
    </message>
    <message>
        <source>Cannot discard this branch</source>
        <translation>이 갈래를 버릴 수 없음</translation>
    </message>
    <message>
        <source>Cannot compare</source>
        <translation>비교할 수 없음</translation>
    </message>
    <message>
        <source>A branch begins here; the run it grows from is kept, and is B.</source>
        <translation>여기서 갈래가 시작됩니다. 갈라져 나온 쪽은 그대로 남아 B가 됩니다.</translation>
    </message>
    <message>
        <source>This is another branch of the run.</source>
        <translation>실험의 다른 갈래입니다.</translation>
    </message>
    <message>
        <source>the learning rate is {}; allowed: a number above 0</source>
        <translation>학습률이 {}입니다. 0보다 큰 수여야 합니다</translation>
    </message>
    <message>
        <source>the factor is {}; allowed: a finite number</source>
        <translation>배수가 {}입니다. 유한한 수여야 합니다</translation>
    </message>
    <message>
        <source>{} is {}; it has no element {}</source>
        <translation>{}의 크기는 {}이고 원소 {}은(는) 없습니다</translation>
    </message>
    <message>
        <source>{} would hold a number that is not finite; choose a smaller one</source>
        <translation>{}에 유한하지 않은 수가 생깁니다. 더 작은 수를 고르세요</translation>
    </message>
    <message>
        <source>sample {} is not trained on; choose one that is</source>
        <translation>샘플 {}은(는) 학습에 쓰이지 않습니다. 쓰이는 샘플을 고르세요</translation>
    </message>
    <message>
        <source>sample {} could not be trained on: {}</source>
        <translation>샘플 {}을(를) 학습할 수 없게 됩니다: {}</translation>
    </message>
    <message>
        <source>there is no sample {} in {}; allowed: {} to {}</source>
        <translation>샘플 {}이(가) {}에 없습니다. {}부터 {}까지 됩니다</translation>
    </message>
    <message>
        <source>every sample is dropped; keep at least one</source>
        <translation>모든 샘플이 빠졌습니다. 하나는 남기세요</translation>
    </message>
    <message>
        <source>dropped by hand in this branch</source>
        <translation>이 갈래에서 손으로 뺐습니다</translation>
    </message>
    <message>
        <source>other branches grow from {}; discard those first</source>
        <translation>{}에서 갈라진 갈래가 있습니다. 그것부터 버리세요</translation>
    </message>
    <message>
        <source>step {} is not recorded there; allowed: {} to {}</source>
        <translation>스텝 {}은(는) 그곳에 기록되어 있지 않습니다. {}부터 {}까지 됩니다</translation>
    </message>
    <message>
        <source>{} is not a number</source>
        <translation>{}은(는) 수가 아닙니다</translation>
    </message>
    <message>
        <source>{} is not a whole number</source>
        <translation>{}은(는) 정수가 아닙니다</translation>
    </message>
    <message>
        <source>Cannot show the drawing</source>
        <translation>쓴 글씨를 보여 줄 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot open the picture</source>
        <translation>그림을 열 수 없습니다</translation>
    </message>
    <message>
        <source>Cannot evaluate</source>
        <translation>평가할 수 없습니다</translation>
    </message>
    <message>
        <source>this copy comes without a trained model ({} is not there); train one with `python main.py train --out RUN` and name its RUN/last.safetensors</source>
        <translation>이 사본에는 학습된 모델이 들어 있지 않습니다({} 없음). `python main.py train --out RUN`으로 학습하고 RUN/last.safetensors를 여세요.</translation>
    </message>
    <message>
        <source>nothing is read here, so there is nothing to align</source>
        <translation>읽은 것이 없어 정렬할 것도 없습니다</translation>
    </message>
    <message>
        <source>there is room for {} drawings and pictures; begin a new session</source>
        <translation>글씨와 그림은 {}개까지 둘 수 있습니다. 프로그램을 새로 시작하세요.</translation>
    </message>
    <message>
        <source>no such sample was evaluated; evaluate a folder first</source>
        <translation>평가한 샘플이 아닙니다. 먼저 폴더를 평가하세요.</translation>
    </message>
    <message>
        <source>{}: the picture has no pixels; choose another</source>
        <translation>{}: 그림에 픽셀이 없습니다. 다른 그림을 고르세요.</translation>
    </message>
    <message>
        <source>branch {} is left out: {}</source>
        <translation>갈래 {}: 열지 못해 빼 두었습니다. {}</translation>
    </message>
    <message>
        <source>data {}: not in it and not found here; open that data first</source>
        <translation>데이터 {}: 들어 있지 않고 이 컴퓨터에도 없습니다. 그 데이터를 먼저 여십시오</translation>
    </message>
    <message>
        <source>it holds more than its own size</source>
        <translation>담았다는 양이 파일 크기보다 큽니다</translation>
    </message>
    <message>
        <source>it holds what no run has ({})</source>
        <translation>실험에 있을 수 없는 것이 들어 있습니다({})</translation>
    </message>
    <message>
        <source>it is no whole file ({})</source>
        <translation>온전한 파일이 아닙니다({})</translation>
    </message>
    <message>
        <source>it is not a run that CRNN Debugger exported</source>
        <translation>CRNN Debugger가 내보낸 실험이 아닙니다</translation>
    </message>
    <message>
        <source>its format is {}, this program reads {}</source>
        <translation>형식이 {}인데, 이 프로그램은 {}을 읽습니다</translation>
    </message>
    <message>
        <source>its list of contents cannot be read ({})</source>
        <translation>내용 목록을 읽을 수 없습니다({})</translation>
    </message>
    <message>
        <source>its list of contents is too long</source>
        <translation>내용 목록이 너무 깁니다</translation>
    </message>
    <message>
        <source>replay differs from the recording at step {} in {}; likely cause: {}</source>
        <translation>스텝 {}의 {}에서 재생이 기록과 다릅니다. 있을 법한 원인: {}</translation>
    </message>
    <message>
        <source>run {}: steps {} to {}, preset {}, seed {}</source>
        <translation>실험 {}: 스텝 {}–{}, 프리셋 {}, 시드 {}</translation>
    </message>
    <message>
        <source>the samples of {} are in it: pass it on only where their terms allow</source>
        <translation>{}의 샘플이 들어 있습니다. 이용 조건이 허락할 때만 넘겨주십시오</translation>
    </message>
    <message>
        <source>what it lists is not what it holds</source>
        <translation>목록과 담긴 것이 다릅니다</translation>
    </message>
    <message>
        <source>{} does not match its digest</source>
        <translation>{}: 다이제스트와 맞지 않습니다</translation>
    </message>
    <message>
        <source>{} is packed, which an exported run never is</source>
        <translation>{}: 압축되어 있는데, 내보낸 실험은 압축하지 않습니다</translation>
    </message>
    <message>
        <source>{} stored states, {} edits of the learning rate, {} branches</source>
        <translation>저장된 상태 {}개, 학습률 편집 {}번, 갈래 {}개</translation>
    </message>
    <message>
        <source>{} was {}, is {}</source>
        <translation>{}: 기록할 때 {}, 지금 {}</translation>
    </message>
    <message>
        <source>{}: damaged ({}); take another copy</source>
        <translation>{}: 손상되었습니다({}). 다른 사본을 쓰십시오</translation>
    </message>
    <message>
        <source>{}: grows from branch {}, which changed the data and cannot be read; take another copy of that one</source>
        <translation>{}: 데이터를 바꾼 갈래 {}에서 자랐는데, 그 갈래를 읽을 수 없습니다. 그 갈래의 다른 사본을 쓰십시오</translation>
    </message>
    <message>
        <source>{}: is missing; take a whole copy of the run</source>
        <translation>{}: 없습니다. 실험 전체를 다시 복사하십시오</translation>
    </message>
    <message>
        <source>{}: its format is {}, this program reads {}</source>
        <translation>{}: 형식이 {}인데, 이 프로그램은 {}을 읽습니다</translation>
    </message>
    <message>
        <source>{}: journal.jsonl is damaged; take another copy</source>
        <translation>{}: journal.jsonl이 손상되었습니다. 다른 사본을 쓰십시오</translation>
    </message>
    <message>
        <source>{}: metrics.bin is damaged at record {}: it says step {}, not {}; take another copy</source>
        <translation>{}: metrics.bin의 {}번째 기록이 손상되었습니다. 스텝이 {}로 적혀 있는데 {}이어야 합니다. 다른 사본을 쓰십시오</translation>
    </message>
    <message>
        <source>{}: no state in it can be read; take another copy</source>
        <translation>{}: 읽을 수 있는 상태가 하나도 없습니다. 다른 사본을 쓰십시오</translation>
    </message>
    <message>
        <source>{}: {} MB are needed and {} MB are free; free some space or choose another place</source>
        <translation>{}: {} MB가 필요한데 {} MB가 비어 있습니다. 자리를 비우거나 다른 곳을 고르십시오</translation>
    </message>
    <message>
        <source>{}: {} is missing; take a whole copy</source>
        <translation>{}: {}이(가) 없습니다. 전체를 다시 복사하십시오</translation>
    </message>
    <message>
        <source>it was trained on {} as another version of this program draws them</source>
        <translation>프로그램의 다른 버전이 그린 데이터로 학습한 것입니다({})</translation>
    </message>
    <message>
        <source>{}: was recorded on {} as another version of this program draws them; open it with the version that recorded it, or start a new run</source>
        <translation>{}: 프로그램의 다른 버전이 그린 {} 데이터로 기록한 실험입니다. 기록한 버전으로 열거나 새 실험을 시작하세요.</translation>
    </message>
    <message>
        <source>{} lists no sample of {} (it has {}); choose the part with {}:train or {}:val</source>
        <translation>{}에 {} 샘플이 없습니다(있는 것: {}). {}:train이나 {}:val로 고르세요</translation>
    </message>
    <message>
        <source>none of the {} pictures that {} lists in {} is in {}; a manifest stays beside the train and val folders of its import: import again, or put it back</source>
        <translation>그림 {}개를 {}의 {} 부분이 적어 두었지만 {}에 하나도 없습니다. 매니페스트는 가져오기가 만든 train, val 폴더 옆에 있어야 합니다. 다시 가져오거나 제자리에 두세요</translation>
    </message>
    <message>
        <source>{} is damaged at line {} ({}); give the manifest.jsonl that preprocess wrote, or import into a new folder</source>
        <translation>{}의 {}번째 줄이 손상되었습니다({}). preprocess가 쓴 manifest.jsonl을 주거나 새 폴더로 가져오세요</translation>
    </message>
    <message>
        <source>{} lists it, but {} is not there; import again</source>
        <translation>{}에는 있지만 {} 파일이 없습니다. 다시 가져오세요</translation>
    </message>
    <message>
        <source>{} lists it again at line {}; only the first is read</source>
        <translation>{}의 {}번째 줄에 또 나옵니다. 처음 것만 읽습니다</translation>
    </message>
    <message>
        <source>{} is not among what {} lists in {}</source>
        <translation>{}: {}의 {} 목록에 없습니다</translation>
    </message>
    <message>
        <source>{}: there is no such picture; check the path</source>
        <translation>{}: 그런 그림이 없습니다. 경로를 확인하세요</translation>
    </message>
    <message>
        <source>{} has no label to train on or to score by: write its text into {}; to have it read, drop it on the window or use `recognize`</source>
        <translation>{}: 학습하거나 채점할 라벨이 없습니다. 글을 {}에 적어 두세요. 읽기만 하려면 창에 끌어다 놓거나 `recognize`를 쓰세요</translation>
    </message>
    <message>
        <source>{} is no data: give a folder with images and labels, the manifest.jsonl of an import, or a picture ({})</source>
        <translation>{}: 데이터가 아닙니다. images와 labels가 있는 폴더, 가져오기의 manifest.jsonl, 그림({}) 중 하나를 주세요</translation>
    </message>
    <message>
        <source>{}: holds the stages of a recipe; open one of them, such as {}</source>
        <translation>{}: 레시피의 여러 단계를 담은 폴더입니다. {}처럼 그 안의 하나를 여세요.</translation>
    </message>
    <message>
        <source>Cannot show the line</source>
        <translation>이 줄을 보여 줄 수 없습니다</translation>
    </message>
    <message>
        <source>No breakpoint holds before this: this is the first step of the run.</source>
        <translation>이보다 앞에서 멈추는 중단점이 없습니다. 실험의 첫 스텝입니다.</translation>
    </message>
    <message>
        <source>no line breakpoint that is on lies in code that runs here; show the other text of the phase, or set one in a line that runs</source>
        <translation>켜진 줄 중단점이 여기서 도는 코드에 없습니다. 소스에서 다른 쪽 글(학습 그대로 / 쉬운 글)을 고르거나, 실행되는 줄에 중단점을 두세요.</translation>
    </message>
    <message>
        <source>there is no breakpoint {}; it has been removed</source>
        <translation>중단점 {}은(는) 없습니다. 이미 지웠습니다.</translation>
    </message>
    <message>
        <source>there is no watch {}; it has been removed</source>
        <translation>조사식 {}은(는) 없습니다. 이미 지웠습니다.</translation>
    </message>
    <message>
        <source>{} is not executed in this step for this sample; choose another sample or step</source>
        <translation>{}은(는) 이 스텝에서 이 샘플로 실행되지 않습니다. 다른 샘플이나 스텝을 고르세요.</translation>
    </message>
    <message>
        <source>{}: no statement of a function stands there; choose another line</source>
        <translation>{}: 함수의 문장이 없는 줄입니다. 다른 줄을 고르세요.</translation>
    </message>
    <message>
        <source>{}: there is no such file in the package</source>
        <translation>{}: 패키지에 그런 파일이 없습니다</translation>
    </message>
    <message>
        <source>first lesson</source>
        <translation>첫 수업</translation>
    </message>
    <message>
        <source>embedded words</source>
        <translation>내장 낱말</translation>
    </message>
    <message>
        <source>seed words</source>
        <translation>씨앗 낱말</translation>
    </message>
    <message>
        <source>{} is {}, not a number</source>
        <translation>{}: {}, 숫자가 아닙니다</translation>
    </message>
    <message>
        <source>{} is {}, not a list</source>
        <translation>{}: {}, 목록이 아닙니다</translation>
    </message>
    <message>
        <source>{} is {}, not an object</source>
        <translation>{}: {}, 객체가 아닙니다</translation>
    </message>
    <message>
        <source>{} is {}, not a string</source>
        <translation>{}: {}, 문자열이 아닙니다</translation>
    </message>
    <message>
        <source>{} is {}, not a list of corners</source>
        <translation>{}: {}, 꼭짓점 목록이 아닙니다</translation>
    </message>
    <message>
        <source>{} is {}, not [x, y, width, height]</source>
        <translation>{}: {}, [x, y, 너비, 높이]가 아닙니다</translation>
    </message>
    <message>
        <source>Expecting value</source>
        <translation>값이 있어야 합니다</translation>
    </message>
    <message>
        <source>Extra data</source>
        <translation>끝난 뒤에 글자가 더 있습니다</translation>
    </message>
    <message>
        <source>Expecting property name enclosed in double quotes</source>
        <translation>큰따옴표로 묶은 이름이 있어야 합니다</translation>
    </message>
    <message>
        <source>Expecting {} delimiter</source>
        <translation>{} 구분자가 있어야 합니다</translation>
    </message>
    <message>
        <source>Unterminated string starting at</source>
        <translation>문자열이 끝나지 않습니다</translation>
    </message>
    <message>
        <source>Invalid control character at</source>
        <translation>쓸 수 없는 제어 문자가 있습니다</translation>
    </message>
    <message>
        <source>{} written words</source>
        <translation>그려 낸 낱말 {}개</translation>
    </message>
    <message>
        <source>{}: nothing has been written there yet at this line; go on, or choose another</source>
        <translation>{}: 이 줄에서는 아직 아무것도 쓰지 않은 자리입니다. 더 진행하거나 다른 값을 고르세요</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>저장 공간이 없습니다</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>권한이 없습니다</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>그런 파일이나 폴더가 없습니다</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>읽기 전용 파일 시스템입니다</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>입출력 오류입니다</translation>
    </message>
    <message>
        <source>{} is a link or no file at all, which no run has</source>
        <translation>{}은(는) 링크이거나 파일이 아닌데, 실험에는 그런 것이 없습니다</translation>
    </message>
</context>
<context>
    <name>ErrorDialog</name>
    <message>
        <source>Error</source>
        <translation>오류</translation>
    </message>
    <message>
        <source>Show details</source>
        <translation>자세히</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Hide details</source>
        <translation>간단히</translation>
    </message>
</context>
<context>
    <name>EvaluateDialog</name>
    <message>
        <source>Evaluate</source>
        <translation>평가</translation>
    </message>
    <message>
        <source>The data of this run</source>
        <translation>이 실험의 데이터</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>시작</translation>
    </message>
    <message>
        <source>edits</source>
        <translation>고침</translation>
    </message>
    <message>
        <source>truth</source>
        <translation>정답</translation>
    </message>
    <message>
        <source>output</source>
        <translation>출력</translation>
    </message>
    <message>
        <source>picture</source>
        <translation>그림</translation>
    </message>
    <message>
        <source>Reading the labels…</source>
        <translation>정답을 읽는 중…</translation>
    </message>
    <message>
        <source>{done} of {total} pictures</source>
        <translation>그림 {total}개 중 {done}개</translation>
    </message>
    <message>
        <source>Training goes first: reading goes on when you pause (F6).</source>
        <translation>학습이 먼저입니다. 멈추면(F6) 이어서 읽습니다.</translation>
    </message>
    <message>
        <source>Stopped before the first picture was read.</source>
        <translation>첫 그림을 읽기 전에 멈췄습니다.</translation>
    </message>
    <message>
        <source>CER {cer} · jamo CER {jamo} · exact {exact}</source>
        <translation>CER {cer} · 자모 CER {jamo} · 완전 일치 {exact}</translation>
    </message>
    <message>
        <source>{n} pictures of {name}, read at step {step}.</source>
        <translation>{name}의 그림 {n}개, {step} 스텝에서 읽음.</translation>
    </message>
    <message>
        <source>Stopped: {total} were to be read.</source>
        <translation>멈춤: 모두 {total}개였습니다.</translation>
    </message>
    <message>
        <source>{n} could not be read; the first, {name}: {why}</source>
        <translation>{n}개는 읽지 못했습니다. 첫째 {name}: {why}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>멈춤</translation>
    </message>
    <message>
        <source>The state on screen reads every picture; of a manifest or a parent folder, val.</source>
        <translation>화면의 상태로 모든 그림을 읽습니다. 매니페스트와 상위 폴더에서는 val 부분을 읽습니다.</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Data: {name}</source>
        <translation>데이터: {name}</translation>
    </message>
    <message>
        <source>Export run</source>
        <translation>실험 내보내기</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>내보내기…</translation>
    </message>
    <message>
        <source>Its words are drawn anew by every machine: nothing has to travel.</source>
        <translation>낱말은 어느 컴퓨터에서나 새로 그려지므로 담지 않아도 됩니다.</translation>
    </message>
    <message>
        <source>Its {n} samples travel along, {size}.</source>
        <translation>샘플 {n}개({size})가 함께 담깁니다.</translation>
    </message>
    <message>
        <source>Only name the data: the other machine needs it too</source>
        <translation>데이터 이름만 적기: 여는 컴퓨터에도 데이터가 있어야 합니다</translation>
    </message>
    <message>
        <source>Opened where NumPy, BLAS and its threads are as here (NumPy {numpy}, {kernel}, threads: {threads}), it replays bit for bit. Elsewhere the stored states are exact, the steps between them are computed anew, and it is said how far they are off.</source>
        <translation>NumPy, BLAS와 그 스레드 수가 여기와 같은 곳(NumPy {numpy}, {kernel}, 스레드 {threads}개)에서 열면 비트까지 똑같이 재생됩니다. 다른 곳에서도 저장된 상태는 정확하고, 그 사이의 스텝은 다시 계산하며 얼마나 다른지 알려 줍니다.</translation>
    </message>
    <message>
        <source>Pass a file with pictures on only where their terms allow it. AI Hub&apos;s data may not be passed on.</source>
        <translation>그림이 든 파일은 이용 조건이 허락할 때만 넘겨주십시오. AI Hub 데이터는 재배포할 수 없습니다.</translation>
    </message>
    <message>
        <source>Put the {n} pictures in, about {size}</source>
        <translation>그림 {n}장을 함께 담기, 약 {size}</translation>
    </message>
    <message>
        <source>Steps {first} to {last}, {states} stored states, {branches} branches</source>
        <translation>스텝 {first}–{last}, 저장된 상태 {states}개, 갈래 {branches}개</translation>
    </message>
    <message>
        <source>Stopped: nothing was written.</source>
        <translation>멈췄습니다. 아무것도 쓰지 않았습니다.</translation>
    </message>
    <message>
        <source>The file: about {size}</source>
        <translation>파일 크기: 약 {size}</translation>
    </message>
    <message>
        <source>The stored states are brought up to date…</source>
        <translation>쓰기를 준비하고 있습니다…</translation>
    </message>
    <message>
        <source>Written: {path}, {size}</source>
        <translation>저장했습니다: {path}, {size}</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{total} 중 {done}</translation>
    </message>
</context>
<context>
    <name>FaultStrip</name>
    <message>
        <source>Show</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
</context>
<context>
    <name>Faults</name>
    <message>
        <source>not in the alphabet</source>
        <translation>문자 집합에 없음</translation>
    </message>
    <message>
        <source>label does not fit in T</source>
        <translation>라벨이 T에 들어가지 않음</translation>
    </message>
    <message>
        <source>picture too wide</source>
        <translation>그림이 너무 넓음</translation>
    </message>
    <message>
        <source>empty label</source>
        <translation>빈 라벨</translation>
    </message>
    <message>
        <source>unreadable picture</source>
        <translation>읽을 수 없는 그림</translation>
    </message>
    <message>
        <source>unreadable label</source>
        <translation>읽을 수 없는 라벨</translation>
    </message>
    <message>
        <source>unreadable zip</source>
        <translation>읽을 수 없는 zip</translation>
    </message>
    <message>
        <source>picture missing</source>
        <translation>그림 없음</translation>
    </message>
    <message>
        <source>label missing</source>
        <translation>라벨 없음</translation>
    </message>
    <message>
        <source>name twice</source>
        <translation>이름 중복</translation>
    </message>
    <message>
        <source>broken JSON</source>
        <translation>깨진 JSON</translation>
    </message>
    <message>
        <source>box without area</source>
        <translation>넓이가 없는 상자</translation>
    </message>
    <message>
        <source>box cut to the page (written)</source>
        <translation>상자를 쪽에 맞춰 자름 (저장됨)</translation>
    </message>
    <message>
        <source>box outside the page</source>
        <translation>쪽 밖의 상자</translation>
    </message>
    <message>
        <source>marked as not to be read</source>
        <translation>읽지 않도록 표시됨</translation>
    </message>
</context>
<context>
    <name>FeaturesPanel</name>
    <message>
        <source>Features</source>
        <translation>특징 맵</translation>
    </message>
    <message>
        <source>conv</source>
        <translation>합성곱</translation>
    </message>
    <message>
        <source>ReLU</source>
        <translation>ReLU</translation>
    </message>
    <message>
        <source>pool</source>
        <translation>풀링</translation>
    </message>
    <message>
        <source>fit</source>
        <translation>맞춤</translation>
    </message>
    <message>
        <source>Fit the colours to the values shown now</source>
        <translation>지금 보이는 값에 색을 맞춤</translation>
    </message>
    <message>
        <source>Nothing recorded yet. Press F10.</source>
        <translation>아직 기록이 없습니다. F10을 누르세요.</translation>
    </message>
    <message>
        <source>top {n} of {counts} channels</source>
        <translation>{counts} 채널 중 상위 {n}</translation>
    </message>
    <message>
        <source>{counts} channels</source>
        <translation>{counts} 채널</translation>
    </message>
    <message>
        <source>gradient of the loss</source>
        <translation>손실의 기울기</translation>
    </message>
</context>
<context>
    <name>Files</name>
    <message>
        <source>Save checkpoint</source>
        <translation>체크포인트 저장</translation>
    </message>
    <message>
        <source>Checkpoints (*{suffix})</source>
        <translation>체크포인트 (*{suffix})</translation>
    </message>
    <message>
        <source>Saved step {step} to {path}</source>
        <translation>{step} 스텝을 {path}에 저장함</translation>
    </message>
    <message>
        <source>Exported {step} steps to {path}</source>
        <translation>{step}스텝을 {path}에 내보냈습니다</translation>
    </message>
    <message>
        <source>Loaded {path} at step {step}</source>
        <translation>{path}에서 {step} 스텝을 불러옴</translation>
    </message>
    <message>
        <source>Checkpoints and runs (*{suffix} *{run} {file})</source>
        <translation>체크포인트와 실험 (*{suffix} *{run} {file})</translation>
    </message>
    <message>
        <source>Stopped: {path}</source>
        <translation>멈췄습니다: {path}</translation>
    </message>
    <message>
        <source>Manifests and pictures ({kinds})</source>
        <translation>매니페스트와 그림 ({kinds})</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>스텝 {step}</translation>
    </message>
    <message>
        <source>{step}, line {line} and its arrays</source>
        <translation>{step}, {line} 줄과 그 배열</translation>
    </message>
    <message>
        <source>Freeze as test: {what}, with {value}</source>
        <translation>테스트로 굳히기: {what}, 값 {value} 포함</translation>
    </message>
    <message>
        <source>Freeze as test: {what}; no number is selected</source>
        <translation>테스트로 굳히기: {what}, 고른 값 없음</translation>
    </message>
    <message>
        <source>Open run, checkpoint or data</source>
        <translation>실험, 체크포인트, 데이터 열기</translation>
    </message>
</context>
<context>
    <name>Forms</name>
    <message>
        <source>A step is reached</source>
        <translation>스텝에 도달</translation>
    </message>
    <message>
        <source>Loss, CER, gradient norm … crosses a value</source>
        <translation>손실, CER, 기울기 크기 등이 값을 넘음</translation>
    </message>
    <message>
        <source>A statistic of a tensor crosses a value</source>
        <translation>텐서의 통계가 값을 넘음</translation>
    </message>
    <message>
        <source>The update is too large for the weights</source>
        <translation>가중치에 비해 갱신이 너무 큼</translation>
    </message>
    <message>
        <source>About 0.001 is usual.</source>
        <translation>보통 0.001쯤입니다.</translation>
    </message>
    <message>
        <source>Too many channels are dead</source>
        <translation>죽은 채널이 너무 많음</translation>
    </message>
    <message>
        <source>A share, 0 to 1, of channels that are 0 in the whole batch.</source>
        <translation>배치 전체에서 0인 채널의 비율(0~1)입니다.</translation>
    </message>
    <message>
        <source>A number or region changes</source>
        <translation>수나 영역의 값이 바뀜</translation>
    </message>
    <message>
        <source>A number changes its sign</source>
        <translation>수의 부호가 바뀜</translation>
    </message>
    <message>
        <source>The text read in a sample changes</source>
        <translation>샘플의 출력이 바뀜</translation>
    </message>
    <message>
        <source>A sample becomes right</source>
        <translation>샘플이 정답이 됨</translation>
    </message>
    <message>
        <source>A sample is forgotten</source>
        <translation>샘플의 정답을 잊음</translation>
    </message>
    <message>
        <source>A sample enters the batch</source>
        <translation>샘플이 배치에 들어옴</translation>
    </message>
    <message>
        <source>Any value is NaN or infinite</source>
        <translation>NaN 또는 무한대가 생김</translation>
    </message>
    <message>
        <source>Found where it began: phase, tensor, index, sample.</source>
        <translation>어디서 시작됐는지 찾습니다: 단계, 텐서, 위치, 샘플.</translation>
    </message>
    <message>
        <source>An expression becomes true</source>
        <translation>식이 참이 됨</translation>
    </message>
    <message>
        <source>A region is a subscript: conv1_w[0:4, 0]. The key ↓ lists the names.</source>
        <translation>영역은 첨자로 씁니다: conv1_w[0:4, 0]. ↓ 키를 누르면 이름 목록이 나옵니다.</translation>
    </message>
    <message>
        <source>Names, numbers, &lt; &gt; == and or not, + - * /, [subscripts], and {functions}. The key ↓ lists the names.</source>
        <translation>이름, 숫자, &lt; &gt; == and or not, + - * /, [첨자], {functions}. ↓ 키를 누르면 이름 목록이 나옵니다.</translation>
    </message>
</context>
<context>
    <name>Guests</name>
    <message>
        <source>Open picture</source>
        <translation>그림 열기</translation>
    </message>
    <message>
        <source>Pictures ({kinds})</source>
        <translation>그림 ({kinds})</translation>
    </message>
    <message>
        <source>pasted</source>
        <translation>붙여넣은 그림</translation>
    </message>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation>클립보드에 그림이 없습니다.</translation>
    </message>
    <message>
        <source>{n} words from {name}: see My ink</source>
        <translation>{name}에서 낱말 {n}개: 내 글씨를 보세요</translation>
    </message>
</context>
<context>
    <name>ImagePanel</name>
    <message>
        <source>Image</source>
        <translation>이미지</translation>
    </message>
    <message>
        <source>best class of each timestep</source>
        <translation>시점마다 가장 높은 클래스</translation>
    </message>
    <message>
        <source>repeats merged, blanks dropped</source>
        <translation>반복은 합치고 공백은 뺌</translation>
    </message>
    <message>
        <source>letters joined</source>
        <translation>글자로 모음</translation>
    </message>
    <message>
        <source>truth</source>
        <translation>정답</translation>
    </message>
    <message>
        <source>output</source>
        <translation>출력</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>손실</translation>
    </message>
    <message>
        <source>nats</source>
        <translation>nats</translation>
    </message>
    <message>
        <source>pixels</source>
        <translation>픽셀</translation>
    </message>
    <message>
        <source>letters</source>
        <translation>자모</translation>
    </message>
    <message>
        <source>field of t</source>
        <translation>t의 시야</translation>
    </message>
</context>
<context>
    <name>ImportChoices</name>
    <message>
        <source>AI Hub 605 and its siblings: folders as they unpack, or the zips themselves. Every word is cut out of its page and written with its label; what is wrong with the data is counted and named, and the rest goes on.</source>
        <translation>AI Hub 605와 같은 계열의 데이터: 풀어 놓은 폴더나 zip 그대로 읽습니다. 쪽마다 낱말을 잘라 라벨과 함께 저장합니다. 데이터의 문제는 세어서 이름을 밝히고, 나머지는 계속합니다.</translation>
    </message>
    <message>
        <source>From</source>
        <translation>원본</translation>
    </message>
    <message>
        <source>Into</source>
        <translation>저장 위치</translation>
    </message>
    <message>
        <source>Written on</source>
        <translation>쓴 곳</translation>
    </message>
    <message>
        <source>Content</source>
        <translation>내용</translation>
    </message>
    <message>
        <source>Crops</source>
        <translation>잘라낸 그림</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>분할</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>폴더…</translation>
    </message>
    <message>
        <source>Zip…</source>
        <translation>Zip…</translation>
    </message>
    <message>
        <source>the folder or zip that AI Hub&apos;s download gave</source>
        <translation>AI Hub에서 내려받은 폴더나 zip</translation>
    </message>
    <message>
        <source>a new folder, or one whose import was stopped</source>
        <translation>새 폴더, 또는 가져오기가 멈춘 폴더</translation>
    </message>
    <message>
        <source>paper</source>
        <translation>종이</translation>
    </message>
    <message>
        <source>tablet</source>
        <translation>태블릿</translation>
    </message>
    <message>
        <source>either</source>
        <translation>모두</translation>
    </message>
    <message>
        <source>free writing</source>
        <translation>자유 필기</translation>
    </message>
    <message>
        <source>forms</source>
        <translation>양식</translation>
    </message>
    <message>
        <source>32 high, aspect kept: presets word and line</source>
        <translation>높이 32, 비율 유지: 프리셋 word와 line</translation>
    </message>
    <message>
        <source>32 × 32, squashed: preset seed</source>
        <translation>32 × 32로 눌러 맞춤: 프리셋 seed</translation>
    </message>
    <message>
        <source>train and val as AI Hub has them</source>
        <translation>AI Hub가 나눈 train과 val 그대로</translation>
    </message>
    <message>
        <source>deal out sheet by sheet, a tenth to val</source>
        <translation>장 단위로 나눔, 10분의 1은 val</translation>
    </message>
    <message>
        <source>deal out writer by writer, a tenth to val</source>
        <translation>쓴 사람 단위로 나눔, 10분의 1은 val</translation>
    </message>
    <message>
        <source>From: there is no such folder or zip.</source>
        <translation>원본: 그런 폴더나 zip이 없습니다.</translation>
    </message>
    <message>
        <source>Into: choose a folder for the words.</source>
        <translation>저장 위치: 낱말을 저장할 폴더를 고르세요.</translation>
    </message>
    <message>
        <source>AI Hub&apos;s data</source>
        <translation>AI Hub 데이터</translation>
    </message>
    <message>
        <source>Zips (*.zip)</source>
        <translation>Zip (*.zip)</translation>
    </message>
    <message>
        <source>A folder for the words</source>
        <translation>낱말을 저장할 폴더</translation>
    </message>
    <message>
        <source>From: choose the folder or zip of the download.</source>
        <translation>원본: 내려받은 폴더나 zip을 고르세요.</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Import AI Hub handwriting</source>
        <translation>AI Hub 손글씨 가져오기</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Another import</source>
        <translation>다른 것 가져오기</translation>
    </message>
    <message>
        <source>Start a run on it</source>
        <translation>이 데이터로 실험 시작</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>The import goes on while this is closed; Import AI Hub data… shows it again. What is finished is kept whatever happens: the same import goes on from there.</source>
        <translation>이 창을 닫아도 가져오기는 계속됩니다. AI Hub 데이터 가져오기…로 다시 볼 수 있습니다. 끝난 것은 무슨 일이 있어도 남으며, 같은 가져오기는 거기서 이어집니다.</translation>
    </message>
    <message>
        <source>Stopping after the sheets under way…</source>
        <translation>진행 중인 장까지 마치고 멈춥니다…</translation>
    </message>
    <message>
        <source>Stopped before any page was cut.</source>
        <translation>쪽을 자르기 전에 멈췄습니다.</translation>
    </message>
    <message>
        <source>Looking for pages and labels…</source>
        <translation>쪽과 라벨을 찾는 중…</translation>
    </message>
    <message>
        <source>{0} files found</source>
        <translation>파일 {0}개 찾음</translation>
    </message>
    <message>
        <source>Cutting words: sheet {0} of {1}</source>
        <translation>낱말 자르는 중: {1}장 중 {0}장</translation>
    </message>
    <message>
        <source>{0} words written · {1} faults · {2}</source>
        <translation>낱말 {0}개 저장 · 문제 {1}개 · {2}</translation>
    </message>
</context>
<context>
    <name>ImportReportPage</name>
    <message>
        <source>{0} words of {1} sheets imported</source>
        <translation>{1}장에서 낱말 {0}개를 가져왔습니다</translation>
    </message>
    <message>
        <source>Stopped: {0} words of {1} sheets so far</source>
        <translation>멈춤: 지금까지 {1}장, 낱말 {0}개</translation>
    </message>
    <message>
        <source>train {0}</source>
        <translation>train {0}</translation>
    </message>
    <message>
        <source>val {0}</source>
        <translation>val {0}</translation>
    </message>
    <message>
        <source>{0} boxes left out</source>
        <translation>뺀 상자 {0}개</translation>
    </message>
    <message>
        <source>{0} sheets not asked for</source>
        <translation>고르지 않은 장 {0}장</translation>
    </message>
    <message>
        <source>{0} sheets disagree with their file name</source>
        <translation>파일 이름과 다른 장 {0}장</translation>
    </message>
    <message>
        <source>{0} with the size of their page</source>
        <translation>쪽 크기와 다른 장 {0}장</translation>
    </message>
    <message>
        <source>Import the same once more and it goes on from here.</source>
        <translation>같은 것을 다시 가져오면 여기서 이어집니다.</translation>
    </message>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>값</translation>
    </message>
    <message>
        <source>No faults.</source>
        <translation>문제가 없습니다.</translation>
    </message>
    <message>
        <source>{0} more in {1}</source>
        <translation>{1}에 {0}개 더 있음</translation>
    </message>
</context>
<context>
    <name>InspectBody</name>
    <message>
        <source>copied</source>
        <translation>복사함</translation>
    </message>
    <message>
        <source>rank {rank} of {all}</source>
        <translation>{all}개 중 {rank}위</translation>
    </message>
    <message>
        <source>truth {letter}: rank {rank}</source>
        <translation>정답 {letter}: {rank}위</translation>
    </message>
    <message>
        <source>Top classes at t = {t}</source>
        <translation>t = {t}의 상위 클래스</translation>
    </message>
    <message>
        <source>This row of the panel</source>
        <translation>패널의 이 줄</translation>
    </message>
    <message>
        <source>All {n} values</source>
        <translation>값 {n}개 전체</translation>
    </message>
</context>
<context>
    <name>InspectView</name>
    <message>
        <source>Inspect</source>
        <translation>값</translation>
    </message>
    <message>
        <source>wanted (γ)</source>
        <translation>목표 (γ)</translation>
    </message>
    <message>
        <source>gradient p − γ</source>
        <translation>기울기 p − γ</translation>
    </message>
    <message>
        <source>logit z</source>
        <translation>로짓 z</translation>
    </message>
    <message>
        <source>made by</source>
        <translation>만든 곳</translation>
    </message>
    <message>
        <source>range</source>
        <translation>범위</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>평균</translation>
    </message>
    <message>
        <source>field in pixels</source>
        <translation>시야 (픽셀)</translation>
    </message>
    <message>
        <source>stay: log α of s</source>
        <translation>머묾: s의 log α</translation>
    </message>
    <message>
        <source>step: log α of s − 1</source>
        <translation>한 칸: s − 1의 log α</translation>
    </message>
    <message>
        <source>skip: log α of s − 2</source>
        <translation>두 칸: s − 2의 log α</translation>
    </message>
    <message>
        <source>γ of this state</source>
        <translation>이 상태의 γ</translation>
    </message>
    <message>
        <source>Break when this changes</source>
        <translation>값이 바뀌면 멈춤</translation>
    </message>
    <message>
        <source>Break when its sign changes</source>
        <translation>부호가 바뀌면 멈춤</translation>
    </message>
    <message>
        <source>When did it last change?</source>
        <translation>마지막으로 언제 바뀌었나?</translation>
    </message>
    <message>
        <source>Watch this</source>
        <translation>조사식으로 추가</translation>
    </message>
    <message>
        <source>Click the value to copy it in full. Right button: change what makes it.</source>
        <translation>값을 클릭하면 전체 자릿수로 복사합니다. 오른쪽 버튼: 이 값을 만드는 것을 바꿉니다.</translation>
    </message>
    <message>
        <source>Last change</source>
        <translation>마지막 변경</translation>
    </message>
    <message>
        <source>Break</source>
        <translation>중단점</translation>
    </message>
    <message>
        <source>When did this number last change? Stop a run at it (F9).</source>
        <translation>이 수가 마지막으로 바뀐 때를 찾거나 여기서 멈춥니다(F9).</translation>
    </message>
    <message>
        <source>Not computed yet at this place in the step.</source>
        <translation>스텝의 이 자리에서는 아직 계산하지 않았습니다.</translation>
    </message>
    <message>
        <source>Click any cell.</source>
        <translation>아무 칸이나 누르세요.</translation>
    </message>
</context>
<context>
    <name>LabelPage</name>
    <message>
        <source>New label</source>
        <translation>새 라벨</translation>
    </message>
</context>
<context>
    <name>Lens</name>
    <message>
        <source>B is being recomputed…</source>
        <translation>B를 다시 계산하는 중…</translation>
    </message>
    <message>
        <source>A and B show different samples.</source>
        <translation>A와 B가 서로 다른 샘플을 보입니다.</translation>
    </message>
    <message>
        <source>A and B have pictures of different widths, so nothing can be subtracted.</source>
        <translation>A와 B의 그림 너비가 달라서 뺄 수 없습니다.</translation>
    </message>
    <message>
        <source>original</source>
        <translation>원본</translation>
    </message>
</context>
<context>
    <name>LineDialog</name>
    <message>
        <source>Breakpoint on a line</source>
        <translation>줄 중단점</translation>
    </message>
    <message>
        <source>Let pass first</source>
        <translation>먼저 지나칠 횟수</translation>
    </message>
    <message>
        <source>Names here: {names}</source>
        <translation>여기서 쓸 수 있는 이름: {names}</translation>
    </message>
    <message>
        <source>Only note hits, do not stop</source>
        <translation>멈추지 않고 기록만 하기</translation>
    </message>
    <message>
        <source>Stop where</source>
        <translation>멈출 조건</translation>
    </message>
    <message>
        <source>always</source>
        <translation>언제나</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>File</source>
        <translation>파일</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>편집</translation>
    </message>
    <message>
        <source>View</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Debug</source>
        <translation>디버그</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>도움말</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>이미지</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>특징 맵</translation>
    </message>
    <message>
        <source>RNN</source>
        <translation>RNN</translation>
    </message>
    <message>
        <source>Softmax</source>
        <translation>소프트맥스</translation>
    </message>
    <message>
        <source>CTC</source>
        <translation>CTC</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>패널</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>테마</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>언어</translation>
    </message>
    <message>
        <source>Branches</source>
        <translation>갈래</translation>
    </message>
    <message>
        <source>Recent</source>
        <translation>최근</translation>
    </message>
</context>
<context>
    <name>ModelView</name>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Model: ops and their health</source>
        <translation>모델: 연산과 그 상태</translation>
    </message>
    <message>
        <source>No model yet. Choose a preset.</source>
        <translation>아직 모델이 없습니다. 프리셋을 고르세요.</translation>
    </message>
    <message>
        <source>act</source>
        <translation>활성</translation>
    </message>
    <message>
        <source>grad</source>
        <translation>기울기</translation>
    </message>
    <message>
        <source>upd</source>
        <translation>갱신</translation>
    </message>
    <message>
        <source>act: the op&apos;s output. Dead units, saturation, values that are not finite.</source>
        <translation>활성: 연산의 출력. 죽은 유닛, 포화, 유한하지 않은 값.</translation>
    </message>
    <message>
        <source>grad: the loss&apos;s gradient for its weights. Vanishing or exploding.</source>
        <translation>기울기: 가중치에 대한 손실의 기울기. 소실이나 폭발.</translation>
    </message>
    <message>
        <source>upd: the size of the update beside the size of the weights.</source>
        <translation>갱신: 가중치 크기에 견준 갱신의 크기.</translation>
    </message>
    <message>
        <source>Dash: well. Triangle: look. Diamond: bad.</source>
        <translation>줄: 좋음. 세모: 살펴보기. 마름모: 나쁨.</translation>
    </message>
    <message>
        <source>same marks in A and B</source>
        <translation>A와 B의 표시가 같음</translation>
    </message>
</context>
<context>
    <name>NewRunDialog</name>
    <message>
        <source>New run</source>
        <translation>새 실험</translation>
    </message>
    <message>
        <source>First lesson: 64 words</source>
        <translation>첫 수업: 낱말 64개</translation>
    </message>
    <message>
        <source>Embedded words: 2,000</source>
        <translation>내장 낱말: 2,000개</translation>
    </message>
    <message>
        <source>Seed words: 32, for preset seed</source>
        <translation>시드 낱말: 32개, seed 프리셋용</translation>
    </message>
    <message>
        <source>Words by 10,000 drawn hands: 20,000</source>
        <translation>그려 낸 필체 10,000가지: 낱말 20,000개</translation>
    </message>
    <message>
        <source>jamo and ASCII</source>
        <translation>자모와 ASCII</translation>
    </message>
    <message>
        <source>compatibility jamo</source>
        <translation>호환용 자모</translation>
    </message>
    <message>
        <source>syllables of the data</source>
        <translation>데이터의 음절</translation>
    </message>
    <message>
        <source>both directions</source>
        <translation>양방향</translation>
    </message>
    <message>
        <source>forward only</source>
        <translation>순방향만</translation>
    </message>
    <message>
        <source>SGD with momentum</source>
        <translation>모멘텀 SGD</translation>
    </message>
    <message>
        <source>none</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>light</source>
        <translation>약하게</translation>
    </message>
    <message>
        <source>strong</source>
        <translation>강하게</translation>
    </message>
    <message>
        <source>from the data</source>
        <translation>데이터 이름대로</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>시작</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>프리셋</translation>
    </message>
    <message>
        <source>Alphabet</source>
        <translation>문자 집합</translation>
    </message>
    <message>
        <source>Recurrent cell</source>
        <translation>순환 셀</translation>
    </message>
    <message>
        <source>Optimiser</source>
        <translation>최적화</translation>
    </message>
    <message>
        <source>Augmentation</source>
        <translation>데이터 증강</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>배치</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>시드</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>데이터</translation>
    </message>
    <message>
        <source>Reading the pictures…</source>
        <translation>그림을 읽는 중입니다…</translation>
    </message>
    <message>
        <source>{parameters} parameters · {classes} classes · T = {frames} · {usable} of {all} samples · {steps} steps an epoch</source>
        <translation>매개변수 {parameters}개 · 클래스 {classes}개 · T = {frames} · 샘플 {all}개 중 {usable}개 · 에포크당 {steps} 스텝</translation>
    </message>
    <message>
        <source>Every label fits.</source>
        <translation>모든 라벨이 맞습니다.</translation>
    </message>
    <message>
        <source>Not trained on: {counts}.</source>
        <translation>학습에서 빠짐: {counts}.</translation>
    </message>
    <message>
        <source>Ambiguous in this alphabet: {n} of {all} labels, as {label}: {reads}.</source>
        <translation>이 문자 집합에서 모호함: 라벨 {all}개 중 {n}개, 예를 들어 {label}: {reads}.</translation>
    </message>
    <message>
        <source>its letters read {0}</source>
        <translation>이 글자들은 {0}(으)로 읽힙니다</translation>
    </message>
    <message>
        <source>The same by wilder hands: 20,000</source>
        <translation>같은 것, 더 거친 필체: 낱말 20,000개</translation>
    </message>
    <message>
        <source>Wilder hands, paper round the words: 20,000</source>
        <translation>더 거친 필체, 둘레에 여백: 낱말 20,000개</translation>
    </message>
    <message>
        <source>Hurried hands, paper as it is: 20,000</source>
        <translation>급히 쓴 필체, 실제 같은 종이: 낱말 20,000개</translation>
    </message>
    <message>
        <source>A face that no other set draws: 2,000</source>
        <translation>다른 데이터에 없는 글꼴: 낱말 2,000개</translation>
    </message>
</context>
<context>
    <name>OpenedDialog</name>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Open run</source>
        <translation>실험 열기</translation>
    </message>
</context>
<context>
    <name>PhaseStrip</name>
    <message>
        <source>CTC: alpha, beta, gradient</source>
        <translation>CTC: 알파, 베타, 기울기</translation>
    </message>
    <message>
        <source>line {k} of {n}</source>
        <translation>{n}줄 중 {k}번째</translation>
    </message>
    <message>
        <source>norm {before} → {after}, factor {factor}</source>
        <translation>노름 {before} → {after}, 배율 {factor}</translation>
    </message>
    <message>
        <source>not in this batch: run alone</source>
        <translation>이 배치에 없음: 따로 계산함</translation>
    </message>
    <message>
        <source>place {k} of {n} of the recursion</source>
        <translation>재귀 {n}칸 중 {k}번째</translation>
    </message>
    <message>
        <source>softmax</source>
        <translation>소프트맥스</translation>
    </message>
    <message>
        <source>the batch is put together</source>
        <translation>배치를 모음</translation>
    </message>
    <message>
        <source>the gradient is clipped</source>
        <translation>기울기를 자름</translation>
    </message>
    <message>
        <source>the weights are updated</source>
        <translation>가중치를 갱신함</translation>
    </message>
    <message>
        <source>update / weight {low} … {high}</source>
        <translation>갱신 / 가중치 {low} … {high}</translation>
    </message>
    <message>
        <source>{ms} ms, {share} of the step</source>
        <translation>{ms} ms, 스텝의 {share}</translation>
    </message>
    <message>
        <source>{op}</source>
        <translation>{op}</translation>
    </message>
    <message>
        <source>{op} backward</source>
        <translation>{op} 역전파</translation>
    </message>
    <message>
        <source>{op} forward</source>
        <translation>{op} 순전파</translation>
    </message>
</context>
<context>
    <name>PixelsPage</name>
    <message>
        <source>draw</source>
        <translation>그리기</translation>
    </message>
    <message>
        <source>erase</source>
        <translation>지우기</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>되돌리기</translation>
    </message>
    <message>
        <source>Left button draws ink, right button erases.</source>
        <translation>왼쪽 버튼은 그리고 오른쪽 버튼은 지웁니다.</translation>
    </message>
    <message>
        <source>Draw or erase something first.</source>
        <translation>먼저 무엇이든 그리거나 지워 주세요.</translation>
    </message>
</context>
<context>
    <name>PointDialog</name>
    <message>
        <source>New breakpoint</source>
        <translation>새 중단점</translation>
    </message>
    <message>
        <source>Breakpoint</source>
        <translation>중단점</translation>
    </message>
    <message>
        <source>above</source>
        <translation>초과</translation>
    </message>
    <message>
        <source>below</source>
        <translation>미만</translation>
    </message>
    <message>
        <source>Read it at every step, not only where it trains</source>
        <translation>학습할 때만이 아니라 매 스텝에서 읽기</translation>
    </message>
    <message>
        <source>Look into activations and moments at every step too</source>
        <translation>매 스텝에서 활성값과 모멘트도 살피기</translation>
    </message>
    <message>
        <source>Only note hits, do not stop</source>
        <translation>멈추지 않고 기록만 하기</translation>
    </message>
    <message>
        <source>norm</source>
        <translation>노름</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>평균</translation>
    </message>
    <message>
        <source>std. deviation</source>
        <translation>표준편차</translation>
    </message>
    <message>
        <source>minimum</source>
        <translation>최솟값</translation>
    </message>
    <message>
        <source>maximum</source>
        <translation>최댓값</translation>
    </message>
    <message>
        <source>largest magnitude</source>
        <translation>최대 절댓값</translation>
    </message>
    <message>
        <source>share of zeros</source>
        <translation>0의 비율</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>스텝</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>수</translation>
    </message>
    <message>
        <source>Statistic</source>
        <translation>통계</translation>
    </message>
    <message>
        <source>Of</source>
        <translation>대상</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>가중치</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>층</translation>
    </message>
    <message>
        <source>Is</source>
        <translation>조건</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>값</translation>
    </message>
    <message>
        <source>Sample</source>
        <translation>샘플</translation>
    </message>
    <message>
        <source>Expression</source>
        <translation>식</translation>
    </message>
    <message>
        <source>Stop when</source>
        <translation>멈출 때</translation>
    </message>
    <message>
        <source>Let pass first</source>
        <translation>먼저 지나칠 횟수</translation>
    </message>
</context>
<context>
    <name>Proposals</name>
    <message>
        <source>Branch: change a weight of {what}…</source>
        <translation>갈라지기: {what}의 가중치 바꾸기…</translation>
    </message>
    <message>
        <source>Branch: scale or zero {what}…</source>
        <translation>갈라지기: {what}에 배수 곱하기, 0으로…</translation>
    </message>
    <message>
        <source>Branch: zero {what}…</source>
        <translation>갈라지기: {what}을(를) 0으로…</translation>
    </message>
    <message>
        <source>Branch: change the label of {what}…</source>
        <translation>갈라지기: {what}의 라벨 바꾸기…</translation>
    </message>
    <message>
        <source>Branch: draw or erase pixels of {what}…</source>
        <translation>갈라지기: {what}의 픽셀 그리기, 지우기…</translation>
    </message>
    <message>
        <source>Branch: drop {what}…</source>
        <translation>갈라지기: {what} 빼기…</translation>
    </message>
</context>
<context>
    <name>RatePage</name>
    <message>
        <source>Learning rate</source>
        <translation>학습률</translation>
    </message>
    <message>
        <source>What the schedule scales; now {lr}.</source>
        <translation>스케줄이 곱해지는 값입니다. 지금 {lr}.</translation>
    </message>
</context>
<context>
    <name>RecentMenu</name>
    <message>
        <source>Nothing yet</source>
        <translation>아직 없음</translation>
    </message>
    <message>
        <source>Recorded by this window</source>
        <translation>이 창이 기록한 실험</translation>
    </message>
    <message>
        <source>{name}   step {step}   {when}</source>
        <translation>{name}   스텝 {step}   {when}</translation>
    </message>
</context>
<context>
    <name>RnnPanel</name>
    <message>
        <source>RNN</source>
        <translation>RNN</translation>
    </message>
    <message>
        <source>fit</source>
        <translation>맞춤</translation>
    </message>
    <message>
        <source>Fit the colours to the values shown now</source>
        <translation>지금 보이는 값에 색을 맞춤</translation>
    </message>
    <message>
        <source>h hidden state, c cell, i input gate, f forget gate, o output gate, g candidate</source>
        <translation>h 은닉 상태, c 셀, i 입력 게이트, f 망각 게이트, o 출력 게이트, g 후보</translation>
    </message>
    <message>
        <source>Nothing recorded yet. Press F10.</source>
        <translation>아직 기록이 없습니다. F10을 누르세요.</translation>
    </message>
    <message>
        <source>This model has no recurrent layer.</source>
        <translation>이 모델에는 순환층이 없습니다.</translation>
    </message>
    <message>
        <source>{layer} · {n} of {units} units each way, by time of peak</source>
        <translation>{layer} · 방향별 {units}개 중 {n}개, 정점 순</translation>
    </message>
    <message>
        <source>{layer} · {n} of {units} units, by time of peak</source>
        <translation>{layer} · {units}개 중 {n}개, 정점 순</translation>
    </message>
    <message>
        <source>fwd</source>
        <translation>순방향</translation>
    </message>
    <message>
        <source>bwd</source>
        <translation>역방향</translation>
    </message>
    <message>
        <source>{layer} · gradient of the hidden states, {n} of {units} units</source>
        <translation>{layer} · 은닉 상태의 기울기, {units}개 중 {n}개</translation>
    </message>
</context>
<context>
    <name>RunFacts</name>
    <message>
        <source>run</source>
        <translation>실험</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>시드</translation>
    </message>
    <message>
        <source>watch cost</source>
        <translation>관찰 비용</translation>
    </message>
    <message>
        <source>replay not exact here</source>
        <translation>여기서는 재생이 정확하지 않음</translation>
    </message>
    <message>
        <source>nothing replayed yet</source>
        <translation>아직 재현 없음</translation>
    </message>
    <message>
        <source>replay exact</source>
        <translation>재현 일치</translation>
    </message>
    <message>
        <source>{n} re-executed steps were compared with the recording; all are equal.</source>
        <translation>다시 실행한 {n} 스텝을 기록과 비교했고 모두 같습니다.</translation>
    </message>
    <message>
        <source>{m} re-executed steps were recorded under another environment and gave other bits; their loss differs by at most {x} nats.</source>
        <translation>다시 실행한 {m}스텝은 다른 환경에서 기록되어 비트가 다릅니다. 손실 차이는 최대 {x} nats입니다.</translation>
    </message>
    <message>
        <source>branch</source>
        <translation>갈래</translation>
    </message>
</context>
<context>
    <name>SamplePage</name>
    <message>
        <source>Sample</source>
        <translation>샘플</translation>
    </message>
</context>
<context>
    <name>SampleTree</name>
    <message>
        <source>No sample matches.</source>
        <translation>맞는 샘플이 없습니다.</translation>
    </message>
</context>
<context>
    <name>SamplesView</name>
    <message>
        <source>Samples</source>
        <translation>샘플</translation>
    </message>
    <message>
        <source>Search by text or #number</source>
        <translation>글이나 #번호로 찾기</translation>
    </message>
    <message>
        <source>text or #number</source>
        <translation>글 또는 #번호</translation>
    </message>
    <message>
        <source>Samples: choose what to watch</source>
        <translation>샘플: 볼 것을 고르기</translation>
    </message>
    <message>
        <source>No samples. Open a folder or draw a word.</source>
        <translation>샘플이 없습니다. 폴더를 열거나 글씨를 써 보세요.</translation>
    </message>
    <message>
        <source>Worst loss</source>
        <translation>손실 큰 순</translation>
    </message>
    <message>
        <source>In this batch</source>
        <translation>현재 배치</translation>
    </message>
    <message>
        <source>All</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>Does not fit</source>
        <translation>들어가지 않음</translation>
    </message>
    <message>
        <source>by nats</source>
        <translation>nats 순</translation>
    </message>
    <message>
        <source>by number</source>
        <translation>번호 순</translation>
    </message>
    <message>
        <source>{0} of {1} right</source>
        <translation>{1}개 중 {0}개 정답</translation>
    </message>
    <message>
        <source>{0} samples, {1} of them read so far, {2} read right</source>
        <translation>샘플 {0}개, 지금까지 읽은 것 {1}개, 맞게 읽은 것 {2}개</translation>
    </message>
    <message>
        <source>Sort by loss or by number: click the word, or press O</source>
        <translation>손실이나 번호로 정렬: 이 낱말을 누르거나 O를 누르세요</translation>
    </message>
    <message>
        <source>truth {0}</source>
        <translation>정답 {0}</translation>
    </message>
    <message>
        <source>output {0}</source>
        <translation>출력 {0}</translation>
    </message>
    <message>
        <source>loss {0} nats at step {1}</source>
        <translation>손실 {0} nats ({1} 스텝)</translation>
    </message>
    <message>
        <source>Got worse</source>
        <translation>나빠진 것</translation>
    </message>
    <message>
        <source>My ink</source>
        <translation>내 글씨</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>고정한 것</translation>
    </message>
    <message>
        <source>Just broke</source>
        <translation>맞다가 틀린 것</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>고정</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>고정 풀기</translation>
    </message>
    <message>
        <source>read right at step {0}</source>
        <translation>{0} 스텝에서는 맞게 읽음</translation>
    </message>
    <message>
        <source>The first {0} are listed and read, those of the batch listed.</source>
        <translation>앞의 {0}개를 보이고 읽으며, 배치의 샘플도 보입니다.</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>없음</translation>
    </message>
</context>
<context>
    <name>ScalePage</name>
    <message>
        <source>Parameter</source>
        <translation>매개변수</translation>
    </message>
    <message>
        <source>Factor</source>
        <translation>배수</translation>
    </message>
    <message>
        <source>0 zeroes the whole parameter. The optimiser&apos;s moments stay.</source>
        <translation>0이면 매개변수 전체가 0이 됩니다. 최적화기의 모멘트는 그대로입니다.</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Step or command…</source>
        <translation>스텝, 명령 찾기…</translation>
    </message>
</context>
<context>
    <name>SettingPage</name>
    <message>
        <source>Setting</source>
        <translation>설정</translation>
    </message>
    <message>
        <source>New value</source>
        <translation>새 값</translation>
    </message>
    <message>
        <source>Another optimiser starts with its moments at rest; otherwise they stay.</source>
        <translation>최적화기를 바꾸면 모멘트가 0에서 시작하고, 아니면 그대로 이어집니다.</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <source>Arrow keys move the selected cell. In the CTC panel R requires it, F forbids it, with Shift its letter wherever the label has it at that timestep, and Esc takes all of that back. Space and End belong to a field or list while it has the focus.</source>
        <translation>화살표 키로 선택한 칸을 옮깁니다. CTC 패널에서는 R이 그 칸을 필수로, F가 금지로 걸고, Shift와 함께 누르면 그 시점에서 라벨에 있는 같은 글자 모두에 걸며, Esc가 모두 풉니다. 입력란이나 목록에 포커스가 있으면 Space와 End는 그쪽에서 씁니다.</translation>
    </message>
</context>
<context>
    <name>SoftmaxPanel</name>
    <message>
        <source>Softmax</source>
        <translation>소프트맥스</translation>
    </message>
    <message>
        <source>log</source>
        <translation>로그</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>선형</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>쓰인 것</translation>
    </message>
    <message>
        <source>all</source>
        <translation>전체</translation>
    </message>
    <message>
        <source>All blank is normal now.</source>
        <translation>지금은 모두 공백인 것이 정상입니다.</translation>
    </message>
    <message>
        <source>See why.</source>
        <translation>이유 보기.</translation>
    </message>
    <message>
        <source>{used} of {all} classes in use</source>
        <translation>{all}개 중 쓰인 {used}개</translation>
    </message>
    <message>
        <source>in reading order</source>
        <translation>읽는 순서</translation>
    </message>
    <message>
        <source>Before the net can tell places apart, the best it can do is to say the same at every timestep. Blank stands between all letters, so over all alignments of the truth it is wanted more than any single letter, and it becomes the likeliest class everywhere. The gradient p − γ goes on pushing each letter up where it is wanted, until the first of them passes the blank.</source>
        <translation>자리를 가려내기 전에는 모든 시점에서 같은 답을 하는 것이 최선입니다. 공백은 모든 글자 사이에 있으므로, 정답의 모든 정렬을 통틀어 어느 한 글자보다 더 많이 필요하고, 그래서 어디서나 가장 그럴듯한 클래스가 됩니다. 기울기 p − γ는 글자를 있어야 할 자리에서 계속 밀어 올려, 마침내 첫 글자가 공백을 넘어섭니다.</translation>
    </message>
    <message>
        <source>blank</source>
        <translation>공백</translation>
    </message>
    <message>
        <source>Most probable</source>
        <translation>가장 높은 확률</translation>
    </message>
</context>
<context>
    <name>SourceView</name>
    <message>
        <source>As trained: the kernel that ran, on its whole batch, to the last bit. Plain: the text that says the same, on the same batch, and how far its result is from what trained.</source>
        <translation>학습 그대로: 실제로 돈 커널을 배치 전체로, 마지막 비트까지 똑같이 실행합니다. 쉬운 글: 같은 계산을 읽기 쉽게 쓴 코드를 같은 배치로 실행하고, 학습한 결과와 얼마나 다른지 보여 줍니다.</translation>
    </message>
    <message>
        <source>F11 steps into the code.</source>
        <translation>F11로 코드 안으로 들어갑니다.</translation>
    </message>
    <message>
        <source>Nothing is computed here for this sample. F10 goes on.</source>
        <translation>이 샘플에서는 여기서 계산하는 것이 없습니다. F10으로 넘어갑니다.</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>소스</translation>
    </message>
    <message>
        <source>as trained</source>
        <translation>학습 그대로</translation>
    </message>
    <message>
        <source>channels</source>
        <translation>채널</translation>
    </message>
    <message>
        <source>classes</source>
        <translation>클래스</translation>
    </message>
    <message>
        <source>features</source>
        <translation>특징</translation>
    </message>
    <message>
        <source>gates</source>
        <translation>게이트</translation>
    </message>
    <message>
        <source>height</source>
        <translation>높이</translation>
    </message>
    <message>
        <source>hidden units</source>
        <translation>은닉 유닛</translation>
    </message>
    <message>
        <source>label</source>
        <translation>정답 기호</translation>
    </message>
    <message>
        <source>lattice states</source>
        <translation>격자 상태</translation>
    </message>
    <message>
        <source>locals</source>
        <translation>지역 변수</translation>
    </message>
    <message>
        <source>locals · result within {difference} of what trained</source>
        <translation>지역 변수 · 학습 결과와의 차이 {difference}</translation>
    </message>
    <message>
        <source>parameters</source>
        <translation>매개변수</translation>
    </message>
    <message>
        <source>plain</source>
        <translation>쉬운 글</translation>
    </message>
    <message>
        <source>samples</source>
        <translation>샘플</translation>
    </message>
    <message>
        <source>samples, both ways</source>
        <translation>샘플, 양방향</translation>
    </message>
    <message>
        <source>timesteps</source>
        <translation>시점</translation>
    </message>
    <message>
        <source>width</source>
        <translation>너비</translation>
    </message>
    <message>
        <source>Break here</source>
        <translation>여기서 멈추기</translation>
    </message>
    <message>
        <source>Break here where…</source>
        <translation>조건을 걸고 여기서 멈추기…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>편집…</translation>
    </message>
    <message>
        <source>Only note hits</source>
        <translation>멈추지 않고 기록만</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>삭제</translation>
    </message>
    <message>
        <source>Turn off</source>
        <translation>끄기</translation>
    </message>
    <message>
        <source>Turn on</source>
        <translation>켜기</translation>
    </message>
    <message>
        <source>not written yet</source>
        <translation>아직 쓰지 않음</translation>
    </message>
</context>
<context>
    <name>StartStrip</name>
    <message>
        <source>This network has learned nothing yet.</source>
        <translation>이 신경망은 아직 아무것도 배우지 않았습니다.</translation>
    </message>
    <message>
        <source>Train from scratch</source>
        <translation>처음부터 학습</translation>
    </message>
    <message>
        <source>Use the shipped model</source>
        <translation>함께 든 모델 쓰기</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>StatePill</name>
    <message>
        <source>No run yet</source>
        <translation>아직 실험 없음</translation>
    </message>
    <message>
        <source>recomputing step {step}</source>
        <translation>{step} 스텝 다시 계산 중</translation>
    </message>
    <message>
        <source>PAST</source>
        <translation>과거</translation>
    </message>
    <message>
        <source>step {step} of {head}</source>
        <translation>{head} 스텝 중 {step}</translation>
    </message>
    <message>
        <source>step {step}</source>
        <translation>{step} 스텝</translation>
    </message>
    <message>
        <source>LIVE</source>
        <translation>현재</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>중지됨</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>No run yet</source>
        <translation>실험 없음</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>시작하는 중</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>학습 중</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>멈춤</translation>
    </message>
    <message>
        <source>Replaying</source>
        <translation>재현 중</translation>
    </message>
    <message>
        <source>Running back</source>
        <translation>거꾸로 실행 중</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>중지됨</translation>
    </message>
    <message>
        <source>BLAS threads {n}</source>
        <translation>BLAS 스레드 {n}</translation>
    </message>
    <message>
        <source>{n} samples/s</source>
        <translation>{n} 샘플/초</translation>
    </message>
    <message>
        <source>plain kernels</source>
        <translation>기본 커널</translation>
    </message>
    <message>
        <source>fast kernels</source>
        <translation>고속 커널</translation>
    </message>
</context>
<context>
    <name>TimeView</name>
    <message>
        <source>Time</source>
        <translation>시간</translation>
    </message>
    <message>
        <source>log loss</source>
        <translation>로그 손실</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>선형</translation>
    </message>
    <message>
        <source>smooth</source>
        <translation>평활</translation>
    </message>
    <message>
        <source>key frames</source>
        <translation>키 프레임</translation>
    </message>
    <message>
        <source>Scale of the loss</source>
        <translation>손실의 눈금</translation>
    </message>
    <message>
        <source>Smooth the curves</source>
        <translation>곡선을 매끄럽게</translation>
    </message>
    <message>
        <source>Show key frames</source>
        <translation>키 프레임 보기</translation>
    </message>
    <message>
        <source>Time: the recording. Arrow keys move by one step</source>
        <translation>시간: 기록. 화살표 키로 한 스텝씩 움직입니다</translation>
    </message>
    <message>
        <source>loss</source>
        <translation>손실</translation>
    </message>
    <message>
        <source>CER</source>
        <translation>CER</translation>
    </message>
    <message>
        <source>p(blank)</source>
        <translation>p(공백)</translation>
    </message>
    <message>
        <source>events</source>
        <translation>사건</translation>
    </message>
    <message>
        <source>LIVE</source>
        <translation>현재</translation>
    </message>
    <message>
        <source>Step {0}. Press F5 to train.</source>
        <translation>{0} 스텝. F5로 학습을 시작하세요.</translation>
    </message>
    <message>
        <source>first letter</source>
        <translation>첫 글자</translation>
    </message>
    <message>
        <source>first word right</source>
        <translation>첫 정답</translation>
    </message>
    <message>
        <source>all right</source>
        <translation>모두 정답</translation>
    </message>
    <message>
        <source>any step within {0} s</source>
        <translation>어느 스텝이든 {0}초 안에</translation>
    </message>
    <message>
        <source>step {0}   loss {1} nats   CER {2}   p(blank) {3}   lr {4}</source>
        <translation>{0} 스텝   손실 {1} nats   CER {2}   p(공백) {3}   학습률 {4}</translation>
    </message>
    <message>
        <source>branches</source>
        <translation>갈래</translation>
    </message>
    <message>
        <source>Branches: switch, compare, rename, discard</source>
        <translation>갈래: 바꾸기, 비교, 이름, 버리기</translation>
    </message>
    <message>
        <source>+{n} more</source>
        <translation>외 {n}개</translation>
    </message>
    <message>
        <source>watches</source>
        <translation>조사식</translation>
    </message>
</context>
<context>
    <name>Transport</name>
    <message>
        <source>Learn</source>
        <translation>배우기</translation>
    </message>
    <message>
        <source>Debug</source>
        <translation>디버그</translation>
    </message>
    <message>
        <source>Teach</source>
        <translation>가르치기</translation>
    </message>
    <message>
        <source>How far F10 and F3 go: a whole training step; one op forward or back; one timestep of its recursion; one line of its code. F11 is finer, Shift+F11 coarser.</source>
        <translation>F10과 F3이 움직이는 단위: 학습 한 스텝, 연산 하나의 순전파나 역전파, 재귀의 한 시점, 코드 한 줄. F11은 더 작게, Shift+F11은 더 크게 움직입니다.</translation>
    </message>
    <message>
        <source>Step by</source>
        <translation>단위</translation>
    </message>
    <message>
        <source>line</source>
        <translation>줄</translation>
    </message>
    <message>
        <source>phase</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>step</source>
        <translation>스텝</translation>
    </message>
    <message>
        <source>timestep</source>
        <translation>시점</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>비교</translation>
    </message>
    <message>
        <source>A: the state on screen. B: what it is compared with. Δ: B − A. Alt+1, 2, 3</source>
        <translation>A: 화면의 상태. B: 비교 대상. Δ: B − A. Alt+1, 2, 3</translation>
    </message>
    <message>
        <source>Which side the panels show</source>
        <translation>패널이 보이는 쪽</translation>
    </message>
</context>
<context>
    <name>WatchDialog</name>
    <message>
        <source>New watch</source>
        <translation>새 조사식</translation>
    </message>
    <message>
        <source>Its past is filled in while you go on.</source>
        <translation>과거 값은 뒤에서 채워집니다.</translation>
    </message>
    <message>
        <source>Keep the value of this expression for every step:</source>
        <translation>이 식의 값을 모든 스텝에서 기록합니다:</translation>
    </message>
</context>
<context>
    <name>WeightPage</name>
    <message>
        <source>Parameter</source>
        <translation>매개변수</translation>
    </message>
    <message>
        <source>Element</source>
        <translation>원소</translation>
    </message>
    <message>
        <source>New value</source>
        <translation>새 값</translation>
    </message>
    <message>
        <source>Now {value}, in {shape}.</source>
        <translation>지금 {value}, 크기 {shape}.</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Recomputing: {done} of {total} steps. Esc or F6 stops it.</source>
        <translation>다시 계산하는 중: {total}스텝 중 {done}. Esc나 F6으로 멈춥니다.</translation>
    </message>
</context>
<context>
    <name>ZeroPage</name>
    <message>
        <source>Layer</source>
        <translation>층</translation>
    </message>
    <message>
        <source>Channel or unit</source>
        <translation>채널 또는 유닛</translation>
    </message>
    <message>
        <source>Zeroed once: the weights, bias and norm that make it become 0, and their moments. Nothing is masked. A ReLU channel stays silent, since no gradient passes it; a unit of an RNN learns anew.</source>
        <translation>한 번만 0으로 만듭니다. 이것을 만드는 가중치와 편향, 정규화, 그 모멘트가 0이 되고 가림막은 없습니다. ReLU 채널은 기울기가 지나지 않아 계속 조용하고, RNN 유닛은 다시 배웁니다.</translation>
    </message>
</context>
</TS>
